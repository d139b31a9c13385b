"""`models index`: pages of what is registered, copied or written anew."""

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


def test_an_index_and_the_reports_there_are(types: Types, tmp_path: Path) -> None:
    site = tmp_path / "new" / "site"
    code, out, _ = types("index", "-o", site, "--lang", "ko", "--json")
    assert (code, json.loads(out)) == (0, {"file": str(site / "index.html"), "models": 2, "versions": 3})
    assert {path.relative_to(site).as_posix() for path in site.rglob("*.html")} == {"index.html", "churn/1.html"}
    assert (site / "churn" / "1.html").read_text(encoding="utf-8") == "<p>보고서</p>"
    assert 'lang="ko"' in (site / "index.html").read_text(encoding="utf-8")


def test_every_report_made_anew(types: Types, tmp_path: Path) -> None:
    code, out, _ = types("index", "-o", tmp_path, "--anew")
    assert (code, out.startswith("models: 2 · versions: 3 · ")) == (0, True)
    pages = [tmp_path / name for name in ("churn/1.html", "churn/2.html", "fraud/1.html")]
    assert all("AWS has no record of this run" in page.read_text(encoding="utf-8") for page in pages)


def test_a_folder_that_cannot_be_written(types: Types, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, out, message = types("index", "-o", tmp_path / "file" / "below")
    assert (code, out, message) == (1, "", f"cannot write {tmp_path / 'file' / 'below'}: Not a directory\n")
