"""What a message of the failure queue tells, whoever put it there and whatever it holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pushtrain.failures import FailedEvent, parse_message

EVENTS = Path(__file__).parents[2] / "events"
KEY = "model-repos/churn/3f9c1e2ab123456/config.yaml"
PUT = {"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": "c"}, "object": {"key": KEY, "versionId": "v1"}}}


def message(body: object, **attributes: str) -> dict[str, Any]:
    return {
        "MessageId": "a1b2c3d4-0000",
        "ReceiptHandle": "r",
        "Body": body if isinstance(body, str) else json.dumps(body),
        "Attributes": {"SentTimestamp": "1795244400123"},
        "MessageAttributes": {name: {"StringValue": value, "DataType": "String"} for name, value in attributes.items()},
    }


def envelope(payload: object, **others: Any) -> dict[str, Any]:
    """As Lambda writes it to an on-failure destination."""
    context = {"requestId": "1", "condition": "RetriesExhausted", "approximateInvokeCount": 3}
    raised = {"errorType": "ClientError", "errorMessage": "Rate\n exceeded"}
    return {
        "version": "1.0",
        "requestContext": context,
        "requestPayload": payload,
        "responsePayload": raised,
        **others,
    }


def test_a_push_that_its_handler_gave_up() -> None:
    event = {"Records": [PUT]}
    assert parse_message(message(envelope(event))) == FailedEvent(
        id="a1b2c3d4-0000",
        handler="push",
        about="churn revision 3f9c1e2ab123",
        error="ClientError: Rate\n exceeded",
        tries=3,
        since=1795244400.123,
        event=event,
        receipt="r",
    )


@pytest.mark.parametrize(
    ("file", "handler", "about"),
    [
        ("model-package-approved.json", "approval", "pushtrain-churn version 2 Approved"),
        ("run-succeeded.json", "run-end", "pushtrain-churn run "),
    ],
)
def test_a_bare_event_that_a_rule_could_not_deliver(file: str, handler: str, about: str) -> None:
    event = json.loads((EVENTS / file).read_text("utf-8"))
    found = parse_message(message(event, ERROR_CODE="NO_PERMISSIONS", ERROR_MESSAGE="not authorized", RULE_ARN="arn:x"))
    assert (found.handler, found.tries, found.event) == (handler, 0, event)
    assert found.about.startswith(about)
    assert found.error == "NO_PERMISSIONS: not authorized"
    assert parse_message(message(envelope(event))).event == event


def test_an_event_that_grew_too_old_was_never_handled() -> None:
    old = envelope({"Records": [PUT]}, requestContext={"condition": "EventAgeExceeded"}, responsePayload=None)
    found = parse_message(message(old))
    assert (found.error, found.tries) == ("EventAgeExceeded", 0)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "not json",
        "[1]",
        "null",
        {},
        {"Records": []},
        {"Records": 1},
        {"Records": [{"s3": {"object": {"key": 1}}}]},
        {"Records": [{**PUT, "s3": {"bucket": {"name": "c"}, "object": {"key": KEY}}}]},
        {"source": "aws.sagemaker", "detail": "?"},
        {"source": "aws.ec2", "detail": {}},
        {"requestContext": 1, "requestPayload": 2},
        envelope([1]),
    ],
)
def test_whatever_else_lies_there_is_told_and_has_no_handler(body: object) -> None:
    found = parse_message(message(body))
    assert (found.handler, found.about) == ("", "no event that a handler takes")


def test_a_push_that_the_push_queue_gave_up() -> None:
    event = {"Records": [PUT]}
    moved = message(event)
    moved["Attributes"]["DeadLetterQueueSourceArn"] = "arn:aws:sqs:us-east-1:1:pushtrain-pushes"
    failed = parse_message(moved)
    assert (failed.handler, failed.about, failed.event) == ("push", "churn revision 3f9c1e2ab123", event)
    assert (failed.error, failed.tries) == ("each delivery failed: the log of its handler says why", 0)


def test_without_a_reason_it_says_so() -> None:
    assert parse_message(message({"Records": [PUT]})).error == "it is not told why"
