from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import unquote_plus

import pytest

from pushtrain.aws import client
from pushtrain.local.aws import LocalAws, up
from pushtrain.platform import PLATFORM_VARIABLE, Platform

BUCKET = Platform.local().code_bucket
CONFIG = "model-repos/churn/3f9c/config.yaml"


class Handler:
    """Stands for a deployed function: it keeps what it saw, the S3 event without the message around it."""

    def __init__(self) -> None:
        self.seen: list[tuple[Mapping[str, Any], Any, dict[str, str]]] = []
        self.error: Exception | None = None
        self.puts = ""
        self.message: dict[str, Any] = {}

    def handler(self, event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        [self.message] = event["Records"]
        self.seen.append((json.loads(self.message["body"]), context, dict(os.environ)))
        if self.puts:
            key, self.puts = self.puts, ""
            client("s3").put_object(Bucket=BUCKET, Key=key, Body=b"")
        if self.error:
            raise self.error
        return {"number": len(self.seen)}


@pytest.fixture
def function(monkeypatch: pytest.MonkeyPatch) -> Handler:
    function = Handler()
    module = ModuleType("a_handler_of_this_test")
    module.handler = function.handler  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return function


@pytest.fixture
def aws(tmp_path: Path, function: Handler) -> Iterator[LocalAws]:
    with up(tmp_path, Platform.local(), handlers={"on_push": "a_handler_of_this_test.handler"}) as aws:
        yield aws


def put(key: str = CONFIG, body: bytes = b"model: churn") -> dict[str, Any]:
    answer: dict[str, Any] = client("s3").put_object(Bucket=BUCKET, Key=key, Body=body)
    return answer


def test_a_put_under_prefix_and_suffix_wakes_the_function_with_the_event_of_aws(
    aws: LocalAws, function: Handler
) -> None:
    answer = put()
    [invocation] = aws.invocations
    assert (invocation.function, invocation.result, invocation.error) == ("on_push", {"number": 1}, None)
    [(event, context, _)] = function.seen
    [record] = event["Records"]
    assert record["eventSource"] == "aws:s3"
    assert record["eventName"] == "ObjectCreated:Put"
    assert record["awsRegion"] == "us-east-1"
    assert record["s3"]["bucket"] == {"name": BUCKET, "arn": f"arn:aws:s3:::{BUCKET}"}
    described = dict(record["s3"]["object"])
    assert int(described.pop("sequencer"), 16) > 0
    assert described == {
        "key": CONFIG,
        "size": 12,
        "eTag": answer["ETag"].strip('"'),
        "versionId": answer["VersionId"],
    }
    assert context.function_name == "on_push"
    message = function.message
    assert (message["eventSource"], message["eventSourceARN"]) == ("aws:sqs", aws.platform.push_queue_arn)
    assert (message["receiptHandle"], message["attributes"]["ApproximateReceiveCount"]) == ("", "1")
    assert (message["awsRegion"], len(message["messageId"])) == ("us-east-1", 36)
    assert context.get_remaining_time_in_millis() > 0


@pytest.mark.parametrize(
    "key",
    [
        "model-repos/churn/3f9c/train.py",
        "elsewhere/churn/3f9c/config.yaml",
        "model-repos/churn/3f9c/myconfig.yaml",
        "x/model-repos/churn/3f9c/config.yaml",
    ],
)
def test_other_keys_wake_nobody(aws: LocalAws, key: str) -> None:
    put(key)
    assert aws.invocations == []


def test_the_artifact_bucket_wakes_nobody(aws: LocalAws) -> None:
    client("s3").put_object(Bucket=aws.platform.artifact_bucket, Key=CONFIG, Body=b"")
    assert aws.invocations == []


def test_the_key_is_encoded_as_in_a_form_with_slashes_kept(aws: LocalAws, function: Handler) -> None:
    put("model-repos/한글 a+b%/config.yaml")
    [(event, _, _)] = function.seen
    encoded = event["Records"][0]["s3"]["object"]["key"]
    assert encoded == "model-repos/%ED%95%9C%EA%B8%80+a%2Bb%25/config.yaml"
    assert unquote_plus(encoded) == "model-repos/한글 a+b%/config.yaml"


def test_later_puts_have_later_sequencers(aws: LocalAws, function: Handler) -> None:
    for _ in range(12):
        put()
    sequencers = [event["Records"][0]["s3"]["object"]["sequencer"] for event, _, _ in function.seen]
    assert sequencers == sorted(set(sequencers))


def test_a_copy_and_a_multipart_upload_are_told_once_each(aws: LocalAws, function: Handler) -> None:
    s3 = client("s3")
    put("a")
    s3.copy_object(Bucket=BUCKET, Key=CONFIG, CopySource={"Bucket": BUCKET, "Key": "a"})
    s3.upload_fileobj(io.BytesIO(b"x" * 9_000_000), BUCKET, CONFIG)
    names = [event["Records"][0]["eventName"] for event, _, _ in function.seen]
    assert names == ["ObjectCreated:Copy", "ObjectCreated:CompleteMultipartUpload"]


def test_the_function_sees_the_object_with_its_metadata(
    aws: LocalAws, monkeypatch: pytest.MonkeyPatch, function: Handler
) -> None:
    """Stock moto sends the event before it has set the metadata."""
    metadata: list[Any] = []

    def read(event: Mapping[str, Any], _context: Any) -> None:
        metadata.append(client("s3").head_object(Bucket=BUCKET, Key=CONFIG)["Metadata"])

    monkeypatch.setattr(sys.modules["a_handler_of_this_test"], "handler", read)
    client("s3").put_object(Bucket=BUCKET, Key=CONFIG, Body=b"", Metadata={"git": "abc"})
    assert metadata == [{"git": "abc"}]


def test_the_function_runs_with_its_own_environment(aws: LocalAws, function: Handler) -> None:
    put()
    [(_, _, environment)] = function.seen
    assert Platform.from_environment(environment).to_json() == aws.platform.to_json()
    assert environment["AWS_LAMBDA_FUNCTION_NAME"] == "on_push"
    assert PLATFORM_VARIABLE not in os.environ
    assert "AWS_LAMBDA_FUNCTION_NAME" not in os.environ


def test_what_a_function_raises_is_recorded_and_the_put_stands(aws: LocalAws, function: Handler) -> None:
    function.error = ZeroDivisionError("in the handler")
    put()
    [invocation] = aws.invocations
    assert invocation.error is function.error
    assert invocation.result is None
    assert client("s3").head_object(Bucket=BUCKET, Key=CONFIG)["ContentLength"] == 12
    assert PLATFORM_VARIABLE not in os.environ


def test_a_handler_that_does_not_exist_is_recorded_by_name(tmp_path: Path) -> None:
    with up(tmp_path, Platform.local(), handlers={"on_push": "no_such_module.handler"}) as aws:
        put()
        [invocation] = aws.invocations
    assert "no_such_module" in str(invocation.error)


def test_a_function_that_puts_wakes_the_next_one(aws: LocalAws, function: Handler) -> None:
    function.puts = "model-repos/other/1/config.yaml"
    put()
    assert [invocation.result for invocation in aws.invocations] == [{"number": 2}, {"number": 2}]


def test_pushes_from_many_threads_are_all_told(aws: LocalAws, function: Handler) -> None:
    keys = [f"model-repos/churn/{n}/config.yaml" for n in range(24)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(put, keys))
    keys_of_events = [event["Records"][0]["s3"]["object"]["key"] for event, _, _ in function.seen]
    assert sorted(keys_of_events) == sorted(keys)
    assert len(aws.invocations) == len(keys)


def test_a_notification_that_a_client_configures_works_too(aws: LocalAws, function: Handler) -> None:
    rule = {"Key": {"FilterRules": [{"Name": "prefix", "Value": "in/"}]}}
    queues = [aws.platform.push_queue_arn, aws.platform.push_queue_arn + "-theirs"]
    configurations = [{"QueueArn": arn, "Events": ["s3:ObjectCreated:Put"], "Filter": rule} for arn in queues]
    client("s3").put_bucket_notification_configuration(
        Bucket=aws.platform.artifact_bucket, NotificationConfiguration={"QueueConfigurations": configurations}
    )
    client("s3").put_object(Bucket=aws.platform.artifact_bucket, Key="out/a", Body=b"")
    client("s3").put_object(Bucket=aws.platform.artifact_bucket, Key="in/a", Body=b"")
    assert [event["Records"][0]["s3"]["object"]["key"] for event, _, _ in function.seen] == ["in/a"]


def test_nothing_is_called_without_a_handler(tmp_path: Path) -> None:
    with up(tmp_path, Platform.local(), handlers={}) as aws:
        put()
        assert aws.invocations == []
