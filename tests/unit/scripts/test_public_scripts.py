"""The cases of public scripts are tried from clones: here one of our own, with a stand-in for pushtrain."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from scripts.public_scripts import CASES, Case, list_lines, read_cases, run_case, write_model_repo

CASE = """
source: https://github.com/owner/name
commit: {commit}
folder: code
only: [train.py]
style: one script
match_image: true
files: {{rows/x.csv: {{rows: 2, columns: {{a: 1}}}}}}
config: {{model: m, train: {{framework: sklearn 1.2-1}}}}
outcome: registered
"""
# Prints what `pushtrain run repo --json` would, after a look at its folder and its options.
PUSHTRAIN = """
import pathlib, sys
assert sys.argv[1:] == ["run", "repo", "--json", "--match-image"], sys.argv
text = pathlib.Path("repo/train.py").read_text()
print(text)
sys.exit(0 if "SUCCEEDED" in text else 1)
"""


def git(clone: Path, *words: str) -> str:
    identity = ("-c", "user.name=a", "-c", "user.email=a@b")
    command = ["git", "-C", str(clone), *identity, *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """A case whose clone is at `tmp_path`/clones; its script is the output of the stand-in."""
    clone = tmp_path / "clones" / "owner" / "name"
    (clone / "code").mkdir(parents=True)
    (clone / "code" / "train.py").write_text('{"status": "SUCCEEDED", "outcome": "registered"}')
    (clone / "code" / "deploy.py").write_text("not taken")
    git(clone, "init", "-q")
    git(clone, "add", ".")
    git(clone, "commit", "-q", "-m", "x")
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "own.yaml").write_text(CASE.format(commit=git(clone, "rev-parse", "HEAD")))
    (only,) = read_cases(tmp_path / "cases")
    return only


def test_a_model_repo_is_what_the_case_takes_of_the_clone_and_what_it_adds(case: Case, tmp_path: Path) -> None:
    write_model_repo(case, tmp_path / "clones", tmp_path / "repo")
    files = {
        file.relative_to(tmp_path / "repo").as_posix() for file in (tmp_path / "repo").rglob("*") if file.is_file()
    }
    assert files == {"train.py", "rows/x.csv", "config.yaml"}
    assert (tmp_path / "repo/config.yaml").read_text() == "model: m\ntrain:\n  framework: sklearn 1.2-1\n"
    assert (case.name, case.repository) == ("own", "owner/name")


def test_an_outcome_is_compared_with_what_the_case_says(case: Case, tmp_path: Path) -> None:
    command = [sys.executable, "-c", PUSHTRAIN]
    trial = run_case(case, tmp_path / "clones", command)
    assert (trial.outcome, trial.error) == ("registered", "")
    ((is_expected, line),) = list_lines([case], tmp_path / "clones", command)
    assert is_expected
    assert line.startswith("✓ own ")
    failing = [sys.executable, "-c", "import sys; sys.exit('no such thing')"]
    ((is_expected, line),) = list_lines([case], tmp_path / "clones", failing)
    assert not is_expected
    assert "expected: registered" in line
    assert line.endswith("no such thing\n")


def test_a_run_that_does_not_end_fails(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scripts.public_scripts.MAX_SECONDS", 0.2)
    trial = run_case(case, tmp_path / "clones", [sys.executable, "-c", "import time; time.sleep(9)"])
    assert (trial.outcome, trial.error) == ("fails", "no end within 0.2 seconds")


def test_every_case_of_the_project_can_be_read() -> None:
    cases = read_cases()
    assert len([case for case in cases if case.outcome != "fails"]) >= 25
    assert len({case.source for case in cases}) >= 12
    assert all(len(case.commit) == 40 and case.style and case.config["model"] for case in cases)
    assert all(bool(case.reason) == (case.outcome == "fails") for case in cases)
    assert [case.name for case in read_cases(CASES, [cases[0].name])] == [cases[0].name]
