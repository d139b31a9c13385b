"""The rules: missing, disabled, with another target, and events that nobody would find again."""

from __future__ import annotations

import pytest

from pushtrain.doctor.event_rules import check_event_rules
from pushtrain.doctor.finding import Finding
from tests.unit.doctor.aws_answers import DEPLOY, DEV, Answer, Installation, targets

APPROVAL = DEV.function_arn("approval")
THEIRS = "arn:aws:lambda:us-east-1:1:function:theirs"


def test_sound_rules_are_counted(installation: Installation) -> None:
    message = "all 6 rules are enabled, each with its target"
    assert list(check_event_rules(DEV)) == [Finding.fine("event rules", message)]


def test_news_need_no_queue(installation: Installation) -> None:
    installation.answers["ListTargetsByRule of pushtrain-failed"] = targets(DEV.topic, queue="")
    assert [finding.state for finding in check_event_rules(DEV)] == ["fine"]


@pytest.mark.parametrize(
    ("request_name", "answer", "message"),
    [
        (
            "DescribeRule of pushtrain-decisions",
            "ResourceNotFoundException",
            "there is no EventBridge rule pushtrain-decisions",
        ),
        (
            "DescribeRule of pushtrain-run-ends",
            {"State": "DISABLED"},
            "the EventBridge rule pushtrain-run-ends is disabled: its events are lost",
        ),
        (
            "ListTargetsByRule of pushtrain-decisions",
            targets(THEIRS),
            f"the EventBridge rule pushtrain-decisions sends events to {THEIRS}, not to {APPROVAL}",
        ),
        (
            "ListTargetsByRule of pushtrain-failed",
            {},
            f"the EventBridge rule pushtrain-failed sends events to nowhere, not to {DEV.topic}",
        ),
        (
            "ListTargetsByRule of pushtrain-decisions",
            targets(APPROVAL, queue=""),
            "events that the EventBridge rule pushtrain-decisions cannot deliver do not go to pushtrain-failures",
        ),
    ],
)
def test_what_a_deployment_fixes(installation: Installation, request_name: str, answer: Answer, message: str) -> None:
    installation.answers[request_name] = answer
    assert list(check_event_rules(DEV)) == [Finding.wrong("event rules", message, DEPLOY)]
