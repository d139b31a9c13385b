"""The folder of pages of all models."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pushtrain.errors import RegistryError
from pushtrain.platform import Platform
from pushtrain.registry import EarlierVersion
from pushtrain.report import gallery
from tests.sample_record import RECORD
from tests.unit.report.html_view import parse
from tests.unit.report.report_facts import facts, version

PLATFORM = Platform.local()
NOW = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
REPORT = "s3://pushtrain-artifacts/churn/runs/one/report.html"
VERSIONS = [version(1, run="one"), version(2, run="two")]


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two versions of churn; only the first has a report."""
    monkeypatch.setattr(gallery, "list_versions", lambda _: VERSIONS)
    monkeypatch.setattr(gallery, "read_serving_arns", lambda *_: (VERSIONS[0].arn, ""))
    monkeypatch.setattr(gallery, "find_earlier_versions", lambda *_: {VERSIONS[1].arn: EarlierVersion(numbers=(1,))})
    monkeypatch.setattr(gallery, "read_run_record", lambda *_: RECORD)
    monkeypatch.setattr(gallery, "read_config", lambda *_: None)
    monkeypatch.setattr(gallery, "read_object", lambda _, uri, s3: b"the report of the run" if uri == REPORT else b"")
    monkeypatch.setattr(gallery, "gather_facts", lambda _, version, **__: facts(version=version))


def write(folder: Path, *, anew: bool = False) -> tuple[int, int]:
    return gallery.write_gallery(PLATFORM, folder, anew=anew, language="en", now=NOW, pushtrain_version="0.1.0")


def test_reports_are_copied_and_a_version_without_one_is_listed_without_a_link(tmp_path: Path) -> None:
    assert write(tmp_path / "pages") == (1, 2)
    assert (tmp_path / "pages/churn/1.html").read_text() == "the report of the run"
    assert not (tmp_path / "pages/churn/2.html").exists()
    index = (tmp_path / "pages/index.html").read_text("utf-8")
    assert 'href="churn/1.html"' in index
    assert 'href="churn/2.html"' not in index


def test_the_index_shows_what_each_version_was_built_from(tmp_path: Path) -> None:
    write(tmp_path)
    rows = parse((tmp_path / "index.html").read_text("utf-8")).all("table")[-1].rows
    first = rows[0].index("Registered") + 1
    assert rows[0][first:-1] == ["Environment", "Author", "Data", "Same as version"]
    origin = [RECORD.environment, RECORD.git.author, f"raw {RECORD.data['raw'].uri}"]
    assert [row[first:-1] for row in rows[1:]] == [[*origin, "1"], [*origin, ""]]


def test_anew_writes_every_report_as_things_are_now(tmp_path: Path) -> None:
    write(tmp_path, anew=True)
    assert "<!DOCTYPE html>" in (tmp_path / "churn/1.html").read_text("utf-8")
    assert (tmp_path / "churn/2.html").exists()


@pytest.mark.parametrize("run", ["two", ""])
def test_a_page_that_the_metadata_name_is_not_read(run: str) -> None:
    """An approver can change the metadata, and a job can write a page with scripts below its run."""
    theirs = version(1, run=run, properties={"report": REPORT})
    assert gallery.read_stored_report(None, PLATFORM, theirs) == ""


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RegistryError) as raised:
        write(tmp_path / "file")
    assert str(raised.value) == f"cannot write {tmp_path / 'file'}: File exists"
