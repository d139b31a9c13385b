"""The example package of docs/examples, installed and used as a team of its own would."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pushtrain.local.container.installer import find_uv
from pushtrain.workflow import templates
from tests.conftest import Typed

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


@pytest.fixture
def forget_templates() -> Iterator[None]:
    """Let this process look for templates anew, before and after."""
    templates._list_templates.cache_clear()
    yield
    templates._list_templates.cache_clear()
    sys.modules.pop("spot_first", None)


@pytest.fixture
def example(site: Path, monkeypatch: pytest.MonkeyPatch, forget_templates: None) -> None:
    """The example on the path of this process, which has imported AWS's SDK already or needs it only once."""
    monkeypatch.syspath_prepend(str(site))


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    repo = shutil.copytree(PLAIN, tmp_path / "plain")
    config = repo / "config.yaml"
    config.write_text(f"template: spot-first\n{config.read_text(encoding='utf-8')}", encoding="utf-8")
    return repo


def run(typed: Typed, repo: Path) -> dict[str, Any]:
    code, out, err = typed("run", repo, "--store", repo.parent / "store", "--json")
    assert code == 0, err
    document: dict[str, Any] = json.loads(out)
    return document


def test_a_model_is_trained_on_spot_and_registered(example: None, typed: Typed, repo: Path) -> None:
    document = run(typed, repo)
    assert (document["outcome"], document["model_version"]) == ("registered", 1)
    assert [job["status"] for job in document["jobs"]] == ["Completed"] * 3


def test_where_spot_fails_it_is_trained_on_demand(example: None, typed: Typed, repo: Path) -> None:
    """A job's name tells the attempt: only the one on demand trains here."""
    script = repo / "train.py"
    refuse = "import os\nif '-on-demand-' not in os.environ['TRAINING_JOB_NAME']: raise SystemExit('no spot machine')\n"
    script.write_text(refuse + script.read_text(encoding="utf-8"), encoding="utf-8")
    document = run(typed, repo)
    assert (document["outcome"], document["model_version"]) == ("registered", 1)


def test_after_too_long_a_wait_for_a_spot_instance_it_is_trained_on_demand(
    example: None, typed: Typed, repo: Path
) -> None:
    """No job waits for an instance on this computer, so this reads the definition."""
    _, out, _ = typed("compile", repo)
    states = json.loads(out)["States"]
    choice = states[states["train"]["Next"]]
    assert [(rule["StringEquals"], rule["Next"]) for rule in choice["Choices"]] == [
        ("MaxWaitTimeExceeded", "train on demand")
    ]
    assert choice["Choices"][0]["Variable"] == "$.jobs.train.ending"
    assert states["train"]["ResultSelector"]["ending.$"] == "$.SecondaryStatus"
    assert choice["Default"] == states["train on demand"]["Next"] == "train completed?"


def test_a_job_that_ran_too_long_is_not_trained_again(example: None, typed: Typed, repo: Path) -> None:
    (repo / "train.py").write_text("import time\ntime.sleep(60)\n", encoding="utf-8")
    config = repo / "config.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("train:\n", "train:\n  max_runtime: 1s\n"))
    code, _, output = typed("run", repo, "--store", repo.parent / "store", "--json")
    assert code == 1
    assert "train: stopped at its max_runtime of 1 s" in output
    assert "train on demand" not in output


def test_without_the_package_the_known_templates_are_named(forget_templates: None, typed: Typed, repo: Path) -> None:
    code, _, message = typed("compile", repo)
    assert code == 1
    assert "'spot-first' is not a template" in message
    assert "train-sdk" in message
