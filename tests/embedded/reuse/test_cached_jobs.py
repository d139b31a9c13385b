"""Which results of a model may be reused, and why the others may not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pushtrain import aws
from pushtrain.errors import UsageError
from pushtrain.local.aws import up
from pushtrain.platform import Platform
from pushtrain.reuse import find_jobs, forget, list_cached_jobs
from tests.embedded.reuse.indexed import BUCKET, ENDED, FORGOTTEN, put_job

PLATFORM = Platform.local()
DAY = 24 * 3600


@pytest.fixture
def s3(tmp_path: Path) -> Iterator[Any]:
    with up(tmp_path / "store", PLATFORM, handlers={}):
        yield aws.client("s3")


def list_statuses(platform: Platform = PLATFORM) -> dict[str, str]:
    return {cached.job.name: cached.status for cached in list_cached_jobs(platform, "churn", 50)}


def test_each_result_has_a_size_and_a_status(s3: Any) -> None:
    assert list_cached_jobs(PLATFORM, "churn", 50) == []
    reusable = put_job(s3, "train", ended="2026-11-28T08:00:00.000+00:00", cache=10_000 * DAY)
    changed, gone = put_job(s3, "train", "r2"), put_job(s3, "train", "r3")
    put_job(s3, "train", "r4", cache=1)
    put_job(s3, "train", "r5", environment="dev")
    s3.put_object(Bucket=BUCKET, Key=f"{changed.prefix}/rows/a.csv", Body=b"abc")
    s3.delete_object(Bucket=BUCKET, Key=f"{gone.prefix}/rows/a.csv")
    forgotten = put_job(s3, "split", "r6")
    forget(PLATFORM, "churn", [forgotten])
    assert list_statuses() == {
        "train-r1": "reusable",
        "train-r2": "changed",
        "train-r3": "changed",
        "train-r4": "expired",
        "split-r6": "forgotten",
    }
    assert list_statuses(msgspec.structs.replace(PLATFORM, environment="dev")) == {"train-r5": "reusable"}
    (first,) = list_cached_jobs(PLATFORM, "churn", 1)
    assert (first.job, first.size, first.expires) == (reusable, 3, "2054-04-15T08:00:00+00:00")
    assert reusable.ended > ENDED


def test_results_are_found_by_step_and_run_until_they_are_forgotten(s3: Any) -> None:
    train, split, second = put_job(s3, "train"), put_job(s3, "split"), put_job(s3, "train", "r2")
    assert find_jobs(PLATFORM, "churn", steps=["train"]) == [second, train]
    assert find_jobs(PLATFORM, "churn", run="r1") == [split, train]
    assert find_jobs(PLATFORM, "churn", steps=["train"], run="r1") == [train]
    forget(PLATFORM, "churn", [train])
    assert find_jobs(PLATFORM, "churn") == [second, split]
    s3.put_object(Bucket=BUCKET, Key=FORGOTTEN, Body=b"damaged")
    assert find_jobs(PLATFORM, "churn") == [second, split, train]


def test_a_result_that_does_not_exist_is_refused(s3: Any) -> None:
    put_job(s3, "train")
    with pytest.raises(UsageError) as raised:
        find_jobs(PLATFORM, "churn", steps=["tran"])
    assert str(raised.value) == (
        "churn has no such result that could be reused. `pushtrain cache list churn --local` shows them"
    )
