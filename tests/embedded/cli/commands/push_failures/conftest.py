"""A failure queue of moto, and a Lambda that answers as a test says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from pushtrain import aws
from pushtrain.failures import queue
from pushtrain.platform import PLATFORM_VARIABLE
from tests.embedded.cli.commands.push_failures.failed_events import DEV, StubLambda, Types


@pytest.fixture
def function() -> StubLambda:
    return StubLambda()


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch, function: StubLambda) -> Iterator[Any]:
    monkeypatch.setenv(PLATFORM_VARIABLE, DEV.to_json())
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setattr(queue, "LONG_POLL", 0)
    for word in ("list", "replay"):
        monkeypatch.setattr(f"pushtrain.cli.commands.push_failures.{word}.find_program", lambda: "pushtrain")
    with mock_aws():
        client = boto3.client("sqs", DEV.region)
        monkeypatch.setattr(aws, "client", lambda service, _: {"sqs": client, "lambda": function}[service])
        yield client


@pytest.fixture
def url(sqs: Any) -> str:
    queue_url: str = sqs.create_queue(QueueName=DEV.failure_queue)["QueueUrl"]
    return queue_url


@pytest.fixture
def pushes(sqs: Any) -> str:
    """The queue to which a failed push returns."""
    queue_url: str = sqs.create_queue(QueueName=DEV.push_queue)["QueueUrl"]
    return queue_url


@pytest.fixture
def types(typed: Types) -> Types:
    return lambda *words: typed("push-failures", *words)
