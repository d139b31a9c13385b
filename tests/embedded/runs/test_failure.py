"""A run that failed says what failed, why, where the log is, and what to try; each thing once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pushtrain.cli import program, run_command

PLAIN = Path(__file__).parents[1] / "repos" / "plain"
pytestmark = pytest.mark.slow


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return shutil.copytree(PLAIN, tmp_path / "plain")


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert run_command(lambda: program.main(list(words), standalone_mode=False)) == (0 if words[0] == "runs" else 1)
    return capsys.readouterr().out


def test_a_missing_package_is_advised_about(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repo / "train.py").write_text("import nothing_of_that_name\n")
    text = said(capsys, "run", "plain")
    assert "failed  train: ModuleNotFoundError: No module named 'nothing_of_that_name'\n" in text
    assert "try         name the package of nothing_of_that_name in requirements.txt" in text
    run = next(line.split()[1] for line in text.splitlines() if line.startswith("run "))
    shown = said(capsys, "runs", "show", run, "--local")
    assert f"runs logs {run} --step train --local" in shown
    assert "try  name the package of nothing_of_that_name" in shown


def test_a_script_whose_last_line_is_not_its_error_is_told_by_its_error(
    repo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (repo / "train.py").write_text(
        "import atexit\natexit.register(print, 'bye', flush=True)\nraise ValueError('no rows')\n"
    )
    assert "failed  train: ValueError: no rows\n" in said(capsys, "run", "plain")


def test_packages_that_cannot_be_installed_are_told_once(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repo / "requirements.txt").write_text("./no-such-folder\n")
    text = said(capsys, "run", "plain")
    assert text.count("could not be created") == 1
    assert "Invalid requirement: './no-such-folder'" in text
    assert "correct requirements.txt" in text
    assert sum(line.startswith("failed") for line in text.splitlines()) == 1


def test_a_metric_of_another_name_is_told_with_the_one_that_was_meant(
    repo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = (repo / "config.yaml").read_text().replace("metric: error", "metric: errors")
    (repo / "config.yaml").write_text(config)
    assert "has no metric 'errors', which config.yaml's register.when asks for. Did you mean 'error'?" in said(
        capsys, "run", "plain"
    )
