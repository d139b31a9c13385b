"""The version that a run reproduces: in the metadata of a push, and in the input of an execution."""

from __future__ import annotations

import msgspec
import pytest

from pushtrain.record import Reproduced, RunRecord, parse_reproduced, read_reproduced
from tests.sample_record import RECORD

THIRD = Reproduced(model_version=3, run="3f1c9a0b42de-9c1d22")


def test_it_is_read_back() -> None:
    assert str(THIRD) == "3 3f1c9a0b42de-9c1d22"
    assert parse_reproduced(str(THIRD)) == THIRD


@pytest.mark.parametrize("text", ["", "3", "0 run", "3 a/b", "3 run\n", "drei run", "٣ run", f"3 {'r' * 81}"])
def test_another_text_is_none(text: str) -> None:
    assert parse_reproduced(text) is None


def test_the_execution_and_the_record_have_it() -> None:
    record = msgspec.structs.replace(RECORD, reproduces=THIRD, trigger="reproduce")
    members = {"model_version": 3, "run": "3f1c9a0b42de-9c1d22"}
    assert record.execution_input() == RECORD.execution_input() | {"reproduces": members}
    assert RunRecord.from_execution_input(record.execution_input()).reproduces == THIRD
    assert RunRecord.from_json(record.to_json()) == record
    assert read_reproduced({"reproduces": "by hand"}) is None
    assert read_reproduced({"reproduces": {"run": 7}}) is None
