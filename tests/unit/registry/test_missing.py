"""A document that may still be written, one that cannot be read, and one that nobody will write."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pushtrain import aws
from pushtrain.platform import Platform
from pushtrain.registry.missing import find_missing_error
from pushtrain.registry.versions import ModelVersion

PLATFORM = Platform.local()


class Bucket:
    """Answers HeadObject with an error code, or without one if the object exists."""

    code = ""

    def head_object(self, **_: str) -> dict[str, Any]:
        if self.code:
            raise ClientError({"Error": {"Code": self.code, "Message": "no"}}, "HeadObject")
        return {}


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Bucket:
    bucket = Bucket()
    monkeypatch.setattr(aws, "client", lambda *_: bucket)
    return bucket


def build_version(age: timedelta) -> ModelVersion:
    return ModelVersion(
        model="churn",
        version=1,
        status="Approved",
        metrics={},
        run="r",
        revision="f",
        created=(datetime.now(UTC) - age).isoformat(timespec="seconds"),
        arn="arn",
        artifact="",
        image="",
        commit="",
        repository="",
    )


NEW, OLD = timedelta(seconds=5), timedelta(hours=1)


@pytest.mark.parametrize("code", ["404", "NoSuchKey", ""])  # "": it was written since it was looked for
def test_what_may_still_be_written_is_worth_another_try(code: str, bucket: Bucket) -> None:
    bucket.code = code
    error = find_missing_error(PLATFORM, build_version(NEW), "key", "verdict")
    assert str(error) == (
        "churn version 1 cannot go to serving: the verdict of its run is not written yet. Try again in a minute"
    )


@pytest.mark.parametrize("code", ["404", "NoSuchKey", ""])  # "": this version of pushtrain cannot read it
def test_what_nobody_will_write_is_not(code: str, bucket: Bucket) -> None:
    bucket.code = code
    assert find_missing_error(PLATFORM, build_version(OLD), "key", "verdict") is None


@pytest.mark.parametrize("age", [NEW, OLD], ids=["new", "old"])
def test_what_may_not_be_read_is_said_in_the_words_of_aws(age: timedelta, bucket: Bucket) -> None:
    bucket.code = "403"
    error = find_missing_error(PLATFORM, build_version(age), "key", "record")
    assert str(error) == (
        "churn version 1 cannot go to serving: the record of its run cannot be read: An error occurred (403) when "
        "calling the HeadObject operation: no. Fix that, then decide again"
    )
