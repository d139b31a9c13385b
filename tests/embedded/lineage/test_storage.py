"""The lineage index in S3: written when a run ends, also by several runs at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pushtrain import aws
from pushtrain.lineage import LineageIndex, read_index, record_inputs
from pushtrain.local.aws import up
from pushtrain.platform import Platform
from tests.embedded.registered import write_record
from tests.sample_record import RECORD
from tests.sample_result import RESULT

PLATFORM = Platform.local()
KEY = "churn/lineage.json"


@pytest.fixture
def s3(tmp_path: Path) -> Iterator[Any]:
    with up(tmp_path / "store", PLATFORM, handlers={}):
        yield aws.client("s3")


def test_each_run_that_ends_is_added_once(s3: Any) -> None:
    for run in ("one", "two", "two"):
        write_record(msgspec.structs.replace(RECORD, run=run))
        record_inputs(PLATFORM, msgspec.structs.replace(RESULT, run=run))
    assert {run.run for run in read_index(s3, PLATFORM.artifact_bucket, "churn").runs} == {"one", "two"}


def test_a_run_that_somebody_started_by_hand_is_left_out(s3: Any) -> None:
    record_inputs(PLATFORM, RESULT)
    assert read_index(s3, PLATFORM.artifact_bucket, "churn") == LineageIndex()


def test_an_index_that_cannot_be_read_is_empty_and_says_so(s3: Any, caplog: pytest.LogCaptureFixture) -> None:
    s3.put_object(Bucket=PLATFORM.artifact_bucket, Key=KEY, Body=b'{"schema": 7}')
    with caplog.at_level("WARNING", logger="pushtrain.documents"):
        assert read_index(s3, PLATFORM.artifact_bucket, "churn") == LineageIndex()
    expected = f"s3://{PLATFORM.artifact_bucket}/{KEY} cannot be read, so run records are read instead: its schema is 7"
    assert expected in caplog.text
