"""moto starts in the middle of a run that did without it, and both see the same objects."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pushtrain import aws
from pushtrain.local.aws import LocalAws, up
from pushtrain.local.moto_services import MotoServices
from pushtrain.platform import Platform

PLATFORM = Platform.local()
REGION, BUCKET = PLATFORM.region, PLATFORM.artifact_bucket
CONFIG = "model-repos/churn/3f9c/config.yaml"


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> list[Mapping[str, Any]]:
    """What the handler of pushes gets."""
    events: list[Mapping[str, Any]] = []
    module = ModuleType("a_handler_of_this_test")
    module.handler = lambda event, _: events.append(event)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return events


@pytest.fixture
def local_aws(tmp_path: Path, events: list[Mapping[str, Any]]) -> Iterator[LocalAws]:
    handlers = {"on_push": "a_handler_of_this_test.handler"}
    with up(tmp_path, PLATFORM, handlers=handlers, load_engine=False, load_moto=False) as local_aws:
        yield local_aws


def test_both_see_what_the_other_writes(local_aws: LocalAws) -> None:
    s3 = aws.client("s3", REGION)
    s3.put_object(Bucket=BUCKET, Key="a", Body=b"early")
    s3.put_object(Bucket=BUCKET, Key="b", Body=b"tagged", Tagging="kind=x")  # only moto answers this
    moto = aws.find_boto3_client("s3", REGION)
    s3.put_object(Bucket=BUCKET, Key="a", Body=b"late")
    assert moto.get_object(Bucket=BUCKET, Key="a")["Body"].read() == b"late"
    moto.put_object(Bucket=BUCKET, Key="c", Body=b"of a job")
    assert s3.get_object(Bucket=BUCKET, Key="b")["Body"].read() == b"tagged"
    listed = [entry["Key"] for entry in s3.list_objects_v2(Bucket=BUCKET)["Contents"]]
    assert listed == ["a", "b", "c"] == [entry["Key"] for entry in moto.list_objects_v2(Bucket=BUCKET)["Contents"]]


def test_a_condition_holds_for_both(local_aws: LocalAws) -> None:
    s3 = aws.client("s3", REGION)
    s3.put_object(Bucket=BUCKET, Key="a", Body=b"1", IfNoneMatch="*")
    with pytest.raises(s3.exceptions.ClientError, match="PreconditionFailed"):
        s3.put_object(Bucket=BUCKET, Key="a", Body=b"2", IfNoneMatch="*")
    assert s3.get_object(Bucket=BUCKET, Key="a")["Body"].read() == b"1"


def test_a_push_is_reported_the_same_with_and_without_moto(
    local_aws: LocalAws, events: list[Mapping[str, Any]]
) -> None:
    s3 = aws.client("s3", REGION)
    for more in ({}, {"Tagging": "kind=x"}):
        s3.put_object(Bucket=PLATFORM.code_bucket, Key=CONFIG, Body=b"model: churn", **more)
        s3.put_object(Bucket=PLATFORM.code_bucket, Key=f"{CONFIG}.bak", Body=b"", **more)
        s3.put_object(Bucket=BUCKET, Key=CONFIG, Body=b"", **more)
    records = [json.loads(event["Records"][0]["body"])["Records"][0] for event in events]
    assert len(records) == 2
    for record in records:
        del record["eventTime"], record["s3"]["object"]["versionId"], record["s3"]["object"]["sequencer"]
    assert records[0] == records[1]
    assert [call.function for call in local_aws.invocations] == ["on_push", "on_push"]


def test_moto_starts_once_and_only_when_it_is_needed(
    tmp_path: Path, events: list[Mapping[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    starts: list[object] = []
    enter_contexts = MotoServices._enter_contexts

    def start(self: MotoServices, stack: ExitStack) -> None:
        starts.append(self)
        enter_contexts(self, stack)

    monkeypatch.setattr(MotoServices, "_enter_contexts", start)
    with up(tmp_path, PLATFORM, handlers={}, load_engine=False, load_moto=False):
        s3 = aws.client("s3", REGION)
        s3.put_object(Bucket=BUCKET, Key="a", Body=b"1")
        assert starts == []
        for _ in range(2):
            assert s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
        assert aws.client("sts", REGION).get_caller_identity()["Account"] == PLATFORM.account
    assert len(starts) == 1
