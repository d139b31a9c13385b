"""The example package of docs/examples, installed and used as a team of its own would."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pushtrain.local.container.installer import find_uv
from tests.forks import run_pushtrain

ROOT = Path(__file__).parents[2]
PLAIN = Path(__file__).parent / "repos" / "plain"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the example, as pip installs it; uv does so in a tenth of the time."""
    folder = tmp_path_factory.mktemp("plugin")
    source = shutil.copytree(ROOT / "docs" / "examples" / "spot-first", folder / "source")
    install = [str(find_uv()), "pip", "install", "--python", sys.executable]
    install += ["--no-deps", "--no-index", "--no-build-isolation"]
    subprocess.run([*install, "--target", str(folder / "site"), str(source)], check=True, capture_output=True)
    return folder / "site"


def pushtrain(site: Path, *words: object, code: int = 0) -> str:
    """stdout of a command with the example on the path (stderr where it fails)."""
    done = run_pushtrain(*words, environment=os.environ | {"PYTHONPATH": str(site)})
    assert done.returncode == code, done.stderr
    return done.stderr if code else done.stdout


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    made = shutil.copytree(PLAIN, tmp_path / "plain")
    config = made / "config.yaml"
    config.write_text(f"template: spot-first\n{config.read_text(encoding='utf-8')}", encoding="utf-8")
    return made


def run(site: Path, repo: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(pushtrain(site, "run", repo, "--store", repo.parent / "store", "--json"))
    return document


def test_a_model_is_trained_on_spot_and_registered(site: Path, repo: Path) -> None:
    document = run(site, repo)
    assert (document["outcome"], document["model_version"]) == ("registered", 1)
    assert [job["status"] for job in document["jobs"]] == ["Completed"] * 3


def test_where_spot_fails_it_is_trained_on_demand(site: Path, repo: Path) -> None:
    """A job's name tells the attempt: only the one on demand trains here."""
    script = repo / "train.py"
    refuse = "import os\nif '-on-demand-' not in os.environ['TRAINING_JOB_NAME']: raise SystemExit('no spot machine')\n"
    script.write_text(refuse + script.read_text(encoding="utf-8"), encoding="utf-8")
    document = run(site, repo)
    assert (document["outcome"], document["model_version"]) == ("registered", 1)


def test_after_too_long_a_wait_for_a_spot_instance_it_is_trained_on_demand(site: Path, repo: Path) -> None:
    """No job waits for an instance on this computer, so this reads the definition."""
    states = json.loads(pushtrain(site, "compile", repo))["States"]
    choice = states[states["train"]["Next"]]
    assert [(rule["StringEquals"], rule["Next"]) for rule in choice["Choices"]] == [
        ("MaxWaitTimeExceeded", "train on demand")
    ]
    assert choice["Choices"][0]["Variable"] == "$.jobs.train.ending"
    assert states["train"]["ResultSelector"]["ending.$"] == "$.SecondaryStatus"
    assert choice["Default"] == states["train on demand"]["Next"] == "train completed?"


def test_a_job_that_ran_too_long_is_not_trained_again(site: Path, repo: Path) -> None:
    (repo / "train.py").write_text("import time\ntime.sleep(60)\n", encoding="utf-8")
    config = repo / "config.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("train:\n", "train:\n  max_runtime: 1s\n"))
    output = pushtrain(site, "run", repo, "--store", repo.parent / "store", "--json", code=1)
    assert "train: stopped at its max_runtime of 1 s" in output
    assert "train on demand" not in output


def test_without_the_package_the_known_templates_are_named(repo: Path, tmp_path: Path) -> None:
    said = pushtrain(tmp_path, "compile", repo, code=1)
    assert "'spot-first' is not a template" in said
    assert "train-sdk" in said
