"""Jobs under `train-sdk` run as under `train`; tests/embedded/test_model_repos.py compares whole models."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.forks import run_pushtrain

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


def run(repo: Path, store: Path) -> dict[str, Any]:
    done = run_pushtrain("run", repo, "--store", store, "--json")
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


@pytest.mark.parametrize("template", ["train", "train-sdk"])
def test_an_isolated_job_has_its_code_as_a_channel(template: str, tmp_path: Path) -> None:
    """The toolkit cannot download it from inside an isolated container."""
    repo = shutil.copytree(ROOT / "tests" / "embedded" / "repos" / "plain", tmp_path / "plain")
    config = (repo / "config.yaml").read_text(encoding="utf-8")
    more = f"template: {template}\nnetwork: {{isolation: true}}\n"
    (repo / "config.yaml").write_text(more + config, encoding="utf-8")
    assert run(repo, tmp_path / "store")["outcome"] == "registered"
