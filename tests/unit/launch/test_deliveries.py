"""Messages of the push queue: each is handled by itself, and what failed comes back after a pause."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pushtrain import aws
from pushtrain.errors import IncompletePush
from pushtrain.launch import deliveries
from pushtrain.launch.deliveries import FIRST_PAUSE, LONGEST_PAUSE, Delivery, choose_pause, receive_message
from pushtrain.launch.refusal import Refused
from pushtrain.platform import PLATFORM_VARIABLE, Platform
from pushtrain_lambda.on_push import handler

PLATFORM = Platform.local()
REFUSED = Refused(model="churn", revision="r", problems=())
INCOMPLETE = IncompletePush("train.py has not arrived")
TEST_EVENT = {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": PLATFORM.code_bucket}


class Sqs:
    """Notes how long messages are postponed, or refuses to postpone them."""

    def __init__(self) -> None:
        self.pauses: dict[str, int] = {}
        self.is_throttled = False

    def get_queue_url(self, **request: str) -> dict[str, str]:
        return {"QueueUrl": request["QueueName"]}

    def change_message_visibility(self, **request: Any) -> None:
        if self.is_throttled:
            raise ClientError({"Error": {"Code": "RequestThrottled", "Message": "no"}}, "ChangeMessageVisibility")
        assert request["QueueUrl"] == "pushtrain-pushes"
        self.pauses[request["ReceiptHandle"]] = request["VisibilityTimeout"]


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch) -> Sqs:
    sqs = Sqs()
    monkeypatch.setattr(aws, "client", lambda *_: sqs)
    monkeypatch.setattr(deliveries, "read_event", lambda event: (event,))
    monkeypatch.setattr(deliveries, "launch", stand_in_for_launch)
    monkeypatch.setattr(random, "uniform", lambda _least, most: most)
    monkeypatch.setenv(PLATFORM_VARIABLE, PLATFORM.to_json())
    return sqs


def stand_in_for_launch(event: Mapping[str, Any], _platform: Platform) -> Refused:
    """Stands for `launch`: the event itself, instead of its push, says what becomes of it."""
    if event.get("is_incomplete"):
        raise INCOMPLETE
    return REFUSED


def message(name: str, body: object, *, deliveries: int = 1) -> dict[str, Any]:
    return {
        "messageId": name,
        "receiptHandle": f"receipt-{name}",
        "body": body if isinstance(body, str) else json.dumps(body),
        "attributes": {"ApproximateReceiveCount": str(deliveries)},
    }


def test_each_message_is_handled_by_itself(sqs: Sqs) -> None:
    records = [message("a", {}), message("b", {"is_incomplete": True}, deliveries=2), message("c", {})]
    assert [receive_message(record, PLATFORM) for record in records] == [
        Delivery(message="a", outcomes=(REFUSED,)),
        Delivery(message="b", error=INCOMPLETE),
        Delivery(message="c", outcomes=(REFUSED,)),
    ]
    assert sqs.pauses == {"receipt-b": 60}


def test_only_the_messages_that_failed_are_delivered_again(sqs: Sqs, caplog: pytest.LogCaptureFixture) -> None:
    records = [message("a", {}), message("b", {"is_incomplete": True}), message("c", "no JSON")]
    with caplog.at_level(logging.INFO):
        answer = handler({"Records": records}, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "b"}, {"itemIdentifier": "c"}]}
    assert f"{REFUSED}" in caplog.messages  # the alarm RefusedPushes counts it
    assert "message b failed: IncompletePush('train.py has not arrived')" in caplog.messages
    assert sqs.pauses == {"receipt-b": 30, "receipt-c": 30}


def test_if_all_messages_failed_lambda_counts_an_error(sqs: Sqs) -> None:
    with pytest.raises(IncompletePush) as raised:
        handler({"Records": [message("a", {"is_incomplete": True})]}, None)
    assert raised.value is INCOMPLETE
    assert sqs.pauses == {"receipt-a": 30}


def test_a_test_event_of_s3_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PLATFORM_VARIABLE, PLATFORM.to_json())
    assert handler({"Records": [message("a", TEST_EVENT)]}, None) == {"batchItemFailures": []}


def test_a_message_that_cannot_be_postponed_fails_all_the_same(sqs: Sqs, caplog: pytest.LogCaptureFixture) -> None:
    sqs.is_throttled = True
    with caplog.at_level(logging.WARNING):
        delivery = receive_message(message("a", {"is_incomplete": True}), PLATFORM)
    assert delivery.error is INCOMPLETE
    [warning] = caplog.messages
    assert warning == (
        "message a waits for the visibility timeout of its queue: An error occurred (RequestThrottled) when calling "
        "the ChangeMessageVisibility operation: no"
    )


def test_a_message_that_is_in_no_queue_is_not_postponed(sqs: Sqs) -> None:
    record = message("a", {"is_incomplete": True}) | {"receiptHandle": ""}
    assert receive_message(record, PLATFORM).error is INCOMPLETE
    assert sqs.pauses == {}


def test_pauses_double_up_to_a_limit_and_differ_between_messages() -> None:
    for number, longest in enumerate([30, 60, 120, 240, 480, 600, 600], start=1):
        pauses = {choose_pause(number) for _ in range(200)}
        assert longest / 2 <= min(pauses) < max(pauses) <= longest
    assert (FIRST_PAUSE, LONGEST_PAUSE) == (30, 600)
