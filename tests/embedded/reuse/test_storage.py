"""The reuse index in S3: written by several runs at once; and what the outputs of a job are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pushtrain import aws
from pushtrain.errors import StorageConflict
from pushtrain.local.aws import up
from pushtrain.platform import Platform
from pushtrain.reuse import ReuseIndex, add_jobs, hash_outputs, read_index, storage
from tests.unit.reuse.reusable import JOB, build_job

BUCKET = Platform.local().artifact_bucket
KEY = "churn/reuse.json"
PREFIX = "churn/runs/r1/train/job-1"


@pytest.fixture
def s3(tmp_path: Path) -> Iterator[Any]:
    with up(tmp_path / "store", Platform.local(), handlers={}):
        yield aws.client("s3")


def put(s3: Any, key: str, body: bytes = b"1") -> None:
    s3.put_object(Bucket=BUCKET, Key=key, Body=body)


def test_jobs_are_added_to_those_that_are_there(s3: Any) -> None:
    assert read_index(s3, BUCKET, "churn") == ReuseIndex()
    add_jobs(s3, BUCKET, "churn", [JOB])
    add_jobs(s3, BUCKET, "churn", [build_job(step="evaluate", name="job-2")])
    assert {job.step for job in read_index(s3, BUCKET, "churn").jobs} == {"train", "evaluate"}
    assert read_index(s3, BUCKET, "other") == ReuseIndex()


class OtherRuns:
    """An S3 client before whose first writes another run writes the index."""

    def __init__(self, s3: Any, times: int) -> None:
        self._s3, self._times = s3, times

    def get_object(self, **request: Any) -> Any:
        return self._s3.get_object(**request)

    def put_object(self, **request: Any) -> Any:
        if self._times:
            self._times -= 1
            job = build_job(step="evaluate", key=f"k{self._times}", name=f"job {self._times}")
            body = read_index(self._s3, BUCKET, "churn").add([job]).to_json().encode()
            self._s3.put_object(Bucket=BUCKET, Key=KEY, Body=body)
        return self._s3.put_object(**request)


def test_runs_that_end_together_do_not_lose_each_other_s_jobs(s3: Any) -> None:
    add_jobs(OtherRuns(s3, times=2), BUCKET, "churn", [JOB])
    assert len(read_index(s3, BUCKET, "churn").jobs) == 3


def test_runs_that_always_write_first_make_the_event_come_again(s3: Any) -> None:
    with pytest.raises(StorageConflict) as raised:
        add_jobs(OtherRuns(s3, times=99), BUCKET, "churn", [JOB])
    assert str(raised.value) == (
        f"s3://{BUCKET}/{KEY} was written by others 5 times meanwhile. Deliver the event again"
    )


def test_an_index_that_cannot_be_read_is_empty_and_says_so(s3: Any, caplog: pytest.LogCaptureFixture) -> None:
    put(s3, KEY, b'{"schema": 7}')
    with caplog.at_level("WARNING", logger="pushtrain.documents"):
        assert read_index(s3, BUCKET, "churn") == ReuseIndex()
    assert f"s3://{BUCKET}/{KEY} cannot be read, so no earlier result is reused: its schema is 7" in caplog.text


def test_the_outputs_of_a_job_have_a_hash_that_changes_with_every_object(s3: Any) -> None:
    assert hash_outputs(s3, BUCKET, PREFIX) is None  # there are none
    put(s3, f"{PREFIX}/output/model.tar.gz")
    put(s3, f"{PREFIX}-2/output/model.tar.gz")  # of another job
    first = hash_outputs(s3, BUCKET, PREFIX)
    assert first == hash_outputs(s3, BUCKET, PREFIX)
    assert re.fullmatch("[0-9a-f]{64}", first or "")
    put(s3, f"{PREFIX}/output/나무.txt")
    second = hash_outputs(s3, BUCKET, PREFIX)
    assert second not in {None, first}


def test_what_was_written_or_deleted_twice_has_no_hash(s3: Any) -> None:
    key = f"{PREFIX}/output/model.tar.gz"
    put(s3, key)
    put(s3, key)  # the same bytes
    assert hash_outputs(s3, BUCKET, PREFIX) is None
    put(s3, f"{PREFIX}-2/rows.csv")
    s3.delete_object(Bucket=BUCKET, Key=f"{PREFIX}-2/rows.csv")
    assert hash_outputs(s3, BUCKET, f"{PREFIX}-2") is None


def test_very_many_objects_are_not_reused(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "MAX_OUTPUTS", 2)
    for number in range(3):
        put(s3, f"{PREFIX}/{number}")
        assert (hash_outputs(s3, BUCKET, PREFIX) is None) is (number == 2)
