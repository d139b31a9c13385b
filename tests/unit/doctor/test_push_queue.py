"""The push queue: missing, not filled, not emptied, and messages that get lost or come back too early."""

from __future__ import annotations

import pytest

from pushtrain.doctor.finding import Finding
from pushtrain.doctor.push_queue import check_push_queue
from tests.unit.doctor.aws_answers import (
    DEPLOY,
    DEV,
    MAPPING,
    PUSH_QUEUE,
    Answer,
    Installation,
    event_source_mapping,
    push_queue,
)

ATTRIBUTES = f"GetQueueAttributes of {PUSH_QUEUE}"
MAPPINGS = "ListEventSourceMappings"
NO_SENDER = "S3 may not send messages of pushtrain-code to pushtrain-pushes"
THEIRS = "arn:aws:sqs:us-east-1:1:theirs"


@pytest.mark.parametrize(("count", "waiting"), [("0", "no push waits"), ("7", "about 7 pushes wait")])
def test_a_sound_queue_tells_how_many_pushes_wait(installation: Installation, count: str, waiting: str) -> None:
    installation.answers[ATTRIBUTES] = push_queue(ApproximateNumberOfMessages=count)
    message = f"pushtrain-pushes feeds pushtrain-push; {waiting}"
    assert list(check_push_queue(DEV)) == [Finding.fine("push queue", message)]


def test_a_mapping_that_is_being_changed_is_sound(installation: Installation) -> None:
    installation.answers[MAPPINGS] = event_source_mapping(State="Updating")
    assert [finding.state for finding in check_push_queue(DEV)] == ["fine"]


@pytest.mark.parametrize(
    ("request_name", "answer", "message"),
    [
        (
            "GetQueueUrl of pushtrain-pushes",
            "QueueDoesNotExist",
            "there is no queue pushtrain-pushes",
        ),
        (ATTRIBUTES, push_queue(Policy="{}"), NO_SENDER),
        (ATTRIBUTES, push_queue(Policy='{"Statement": [{"Principal": {"Service": "s3.amazonaws.com"}}]}'), NO_SENDER),
        (
            ATTRIBUTES,
            push_queue(RedrivePolicy="{}"),
            "messages of pushtrain-pushes that fail each time go nowhere, not to pushtrain-failures",
        ),
        (
            ATTRIBUTES,
            push_queue(RedrivePolicy=f'{{"deadLetterTargetArn": "{THEIRS}"}}'),
            f"messages of pushtrain-pushes that fail each time go to {THEIRS}, not to pushtrain-failures",
        ),
        (
            ATTRIBUTES,
            push_queue(VisibilityTimeout="1799"),
            "pushtrain-pushes delivers a message again after 1799 seconds; pushtrain-push may take 300, so at least "
            "1800 are needed",
        ),
        (
            MAPPINGS,
            {"EventSourceMappings": []},
            f"no event source mapping hands messages of pushtrain-pushes to {DEV.function_arn('push')}",
        ),
        (
            MAPPINGS,
            event_source_mapping(State="Disabled"),
            f"the event source mapping {MAPPING} of pushtrain-pushes is Disabled",
        ),
        (
            MAPPINGS,
            event_source_mapping(FunctionResponseTypes=[]),
            f"the event source mapping {MAPPING} does not report which messages failed",
        ),
    ],
)
def test_what_a_deployment_fixes(installation: Installation, request_name: str, answer: Answer, message: str) -> None:
    installation.answers[request_name] = answer
    assert list(check_push_queue(DEV)) == [Finding.wrong("push queue", message, DEPLOY)]
