"""`models report`: one HTML file for one version."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.embedded.cli.commands.models.stores import fill_with_reports

Types = Callable[..., tuple[int, str, str]]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Two versions of churn, the first with the report of its run, and one of fraud whose report lies elsewhere."""
    return fill_with_reports(tmp_path / "store")


def test_a_report_of_one_version(types: Types, tmp_path: Path) -> None:
    code, out, _ = types("report", "churn", 2, "-o", tmp_path / "r.html", "--lang", "ko", "--json")
    assert (code, json.loads(out)) == (0, {"model": "churn", "version": 2, "file": str(tmp_path / "r.html")})
    assert "게이트를 알 수 없습니다" in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_a_report_of_what_is_not_there(types: Types, tmp_path: Path) -> None:
    assert types("report", "churn", 3, "-o", tmp_path / "r.html") == (
        1, "", "churn has no version 3. There are: 1, 2\n",
    )  # fmt: skip
    assert types("report", "churn", 1, "-o", tmp_path / "no" / "r.html") == (
        2, "", f"{tmp_path / 'no' / 'r.html'} cannot be written: No such file or directory\n",
    )  # fmt: skip
