"""Forgotten jobs in S3: written by several people at once, and by somebody who means harm."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pushtrain import aws
from pushtrain.errors import StorageConflict
from pushtrain.local.aws import up
from pushtrain.platform import Platform
from pushtrain.reuse import ForgottenJobs, forget_jobs, read_forgotten_jobs
from tests.embedded.reuse.indexed import BUCKET, FORGOTTEN, put_job


@pytest.fixture
def s3(tmp_path: Path) -> Iterator[Any]:
    with up(tmp_path / "store", Platform.local(), handlers={}):
        yield aws.client("s3")


class OtherPeople:
    """An S3 client before whose first writes somebody else forgets a job."""

    def __init__(self, s3: Any, times: int) -> None:
        self._s3, self._times = s3, times

    def get_object(self, **request: Any) -> Any:
        return self._s3.get_object(**request)

    def put_object(self, **request: Any) -> Any:
        if self._times:
            self._times -= 1
            forget_jobs(self._s3, BUCKET, "churn", [f"other-{self._times}"])
        return self._s3.put_object(**request)


def test_people_who_forget_at_once_do_not_undo_each_other(s3: Any) -> None:
    assert read_forgotten_jobs(s3, BUCKET, "churn") == ForgottenJobs()
    forget_jobs(OtherPeople(s3, times=2), BUCKET, "churn", ["job-1"])
    assert read_forgotten_jobs(s3, BUCKET, "churn") == ForgottenJobs(jobs=("job-1", "other-0", "other-1"))


def test_people_who_are_always_too_late_try_again(s3: Any) -> None:
    with pytest.raises(StorageConflict) as raised:
        forget_jobs(OtherPeople(s3, times=99), BUCKET, "churn", ["job-1"])
    assert str(raised.value) == (
        f"s3://{BUCKET}/{FORGOTTEN} was written by others 5 times meanwhile. Run the command again"
    )


def test_a_damaged_or_huge_document_forgets_every_job_and_is_mended_so(s3: Any) -> None:
    train, split = put_job(s3, "train"), put_job(s3, "split")
    for planted in (b"{", b"[" + b" " * 1_000_001):
        s3.put_object(Bucket=BUCKET, Key=FORGOTTEN, Body=planted)
        assert train.name in read_forgotten_jobs(s3, BUCKET, "churn")
    forget_jobs(s3, BUCKET, "churn", [train.name])
    assert read_forgotten_jobs(s3, BUCKET, "churn") == ForgottenJobs(jobs=(split.name, train.name))
