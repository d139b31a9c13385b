"""`runs report`: one HTML file for one run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pushtrain import report, runs
from pushtrain.platform import PLATFORM_VARIABLE, Platform
from tests.unit.report.report_facts import facts

Types = Callable[..., tuple[int, str, str]]


@pytest.fixture
def types(typed: Types, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Types:
    """The report of the run `a1b2c3d4e5f6-0a1b2c`, which registered nothing, in the folder of the test."""
    monkeypatch.setenv(PLATFORM_VARIABLE, Platform.local("dev").to_json())
    monkeypatch.setattr(runs, "find_run_or_recorded", lambda *_: facts().run)
    monkeypatch.setattr(report, "gather_run_facts", lambda _, run: facts(version=None, run=run))
    monkeypatch.chdir(tmp_path)
    return lambda *words: typed("runs", "report", "a1b2", *words)


def test_the_file_is_named_after_the_run(types: Types) -> None:
    name = "churn-a1b2c3d4e5f6-0a1b2c.html"
    assert types() == (0, f"churn run a1b2c3d4e5f6-0a1b2c · {name}\n", "")
    assert "churn run a1b2c3d4e5f6-0a1b2c" in Path(name).read_text(encoding="utf-8")


def test_json_and_korean(types: Types) -> None:
    code, out, _ = types("-o", "r.html", "--lang", "ko", "--json")
    assert (code, json.loads(out)) == (0, {"model": "churn", "run": "a1b2c3d4e5f6-0a1b2c", "file": "r.html"})
    assert "실행 보고서" in Path("r.html").read_text(encoding="utf-8")


def test_a_file_that_cannot_be_written(types: Types) -> None:
    assert types("-o", "no/r.html") == (2, "", "no/r.html cannot be written: No such file or directory\n")
