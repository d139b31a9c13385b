"""The pushes in an S3 event."""

from __future__ import annotations

from typing import Any

import pytest

from pushtrain.errors import PushError
from pushtrain.pushes.event import Push, read_event


def record(key: str, *, event: str = "ObjectCreated:Put", version: str | None = "v1") -> dict[str, Any]:
    item = {"key": key, "size": 1, "eTag": "e", "sequencer": "01"} | ({"versionId": version} if version else {})
    return {"eventName": event, "s3": {"bucket": {"name": "code"}, "object": item}}


def test_every_record_is_read_and_keys_are_decoded() -> None:
    event = {
        "Records": [record("model-repos/churn/abc/config.yaml"), record("model-repos/a+b%20%ED%95%9C/r1/config.yaml")]
    }
    assert read_event(event) == (
        Push(bucket="code", model="churn", revision="abc", version="v1"),
        Push(bucket="code", model="a b 한", revision="r1", version="v1"),
    )


@pytest.mark.parametrize("principal", ["AIDAEXAMPLE", "AROAEXAMPLE:kim@example.org", ""])
def test_who_put_it_is_s3s_word(principal: str) -> None:
    said = {"userIdentity": {"principalId": f"AWS:{principal}"}} if principal else {}
    (push,) = read_event({"Records": [record("model-repos/churn/abc/config.yaml") | said]})
    assert push.by == principal


@pytest.mark.parametrize(
    "key",
    [
        "model-repos/churn/abc/sub/config.yaml",
        "model-repos/churn/config.yaml",
        "model-repos/churn/abc/config.yaml.bak",
        "other/churn/abc/config.yaml",
        "model-repos/churn/abc/train.py",
    ],
)
def test_other_keys_are_no_push(key: str) -> None:
    assert read_event({"Records": [record(key)]}) == ()


def test_removals_and_test_events_are_no_push() -> None:
    removed = record("model-repos/churn/abc/config.yaml", event="ObjectRemoved:Delete")
    assert read_event({"Records": [removed]}) == ()
    assert read_event({"Service": "Amazon S3", "Event": "s3:TestEvent"}) == ()


def test_multipart_uploads_are_pushes_too() -> None:
    done = record("model-repos/churn/abc/config.yaml", event="ObjectCreated:CompleteMultipartUpload")
    assert len(read_event({"Records": [done]})) == 1


def test_a_bucket_without_versions_is_refused() -> None:
    with pytest.raises(PushError) as told:
        read_event({"Records": [record("model-repos/churn/abc/config.yaml", version=None)]})
    assert (
        str(told.value)
        == "bucket code is not versioned, so a push cannot be told apart from the next one. Turn its versioning on"
    )
