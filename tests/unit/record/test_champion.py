"""The champion in a run record: it is read back, and a definition gets what its job needs."""

from __future__ import annotations

import msgspec

from pushtrain.record import EMPTY_RECORD, RecordedChampion, RunRecord

CHAMPION = RecordedChampion(version=3, uri="s3://serving/churn/3/model.tar.gz", image="i", run="r1", metrics={"a": 1})


def test_a_record_has_its_champion_when_it_is_read_back() -> None:
    record = msgspec.structs.replace(EMPTY_RECORD, champion=CHAMPION, without_champion=True)
    assert RunRecord.from_json(record.to_json()) == record


def test_a_champion_with_a_fault_has_no_address() -> None:
    given = msgspec.structs.replace(CHAMPION, fault="its image is gone").build_input(is_evaluated=True)
    assert given == {"version": 3, "fault": "its image is gone", "candidate": ""}
