"""The rows about what a run came from."""

from __future__ import annotations

import msgspec

from pushtrain.lineage import build_origin
from pushtrain.record import RecordedData, RecordedStep
from pushtrain.report.english import ENGLISH
from pushtrain.report.origin_rows import list_origin_rows
from tests.sample_record import RECORD
from tests.sample_result import RESULT
from tests.unit.report.report_facts import facts, page

DATA = {
    "raw": RecordedData(uri="s3://lake/raw/", version="ab" * 32, objects=3, bytes=1200),
    "labels": RecordedData(uri="s3://lake/labels/"),
}
RUN = msgspec.structs.replace(RECORD, data=DATA, template="train", steps={"preprocess": RecordedStep()})
ORIGIN = build_origin(RUN, {RUN.run: RESULT})


def test_data_have_their_version_and_the_other_versions_that_used_them() -> None:
    rows = dict(list_origin_rows(facts(origin=ORIGIN, same_data={"raw": (1, 2)}), ENGLISH))
    assert rows == {
        "data.raw": "version abababababab · 3 objects · 1,200 bytes · used by versions 1, 2",
        "data.labels": "",
        "Template": "train",
        "Definition made by": "pushtrain 0.1.0",
        "Python packages of preprocess": "1 installed; result.json lists them",
    }


def test_without_a_record_there_are_no_rows() -> None:
    assert list(list_origin_rows(facts(), ENGLISH)) == []


def test_the_page_shows_them_in_both_languages() -> None:
    assert "version abababababab · 3 objects" in page(origin=ORIGIN)
    assert "버전 abababababab · 객체 3개" in page("ko", origin=ORIGIN)
