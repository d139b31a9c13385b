"""Handlers: missing, broken, asleep, deployed with other settings or another version, failures that get lost."""

from __future__ import annotations

import msgspec
import pytest

from pushtrain.doctor.finding import Finding
from pushtrain.doctor.handlers import check_handler
from pushtrain.platform import PLATFORM_VARIABLE
from tests.unit.doctor.aws_answers import DEPLOY, DEV, VERSION, Answer, Installation, function

PUSH = "GetFunctionConfiguration of pushtrain-push"
OTHER = msgspec.structs.replace(DEV, kms_key="arn:aws:kms:us-east-1:1:key/other").to_json()
OTHER_DOCUMENT = "pushtrain-push was deployed with another platform document than the published one"


def findings() -> list[Finding]:
    """Return the findings about the handler of pushes that are not fine."""
    return [finding for finding in check_handler("push", DEV, VERSION) if finding.state != "fine"]


def test_a_sound_handler(installation: Installation) -> None:
    assert findings() == []


@pytest.mark.parametrize(
    ("request_name", "answer", "message"),
    [
        (PUSH, "ResourceNotFoundException", "there is no function pushtrain-push with an alias live"),
        (PUSH, function("push", State="Failed", StateReason="no key"), "pushtrain-push cannot run: no key"),
        (PUSH, function("push", LastUpdateStatus="Failed"), "pushtrain-push cannot run: AWS gives no reason"),
        (PUSH, function("push", Environment={"Variables": {PLATFORM_VARIABLE: OTHER}}), OTHER_DOCUMENT),
        (PUSH, function("push", Environment={"Variables": {}}), OTHER_DOCUMENT),
    ],
    ids=[
        "no function",
        "failed",
        "failed without a reason",
        "another platform",
        "no platform",
    ],
)
def test_what_a_deployment_fixes(installation: Installation, request_name: str, answer: Answer, message: str) -> None:
    installation.answers[request_name] = answer
    assert findings() == [Finding.wrong("handler push", message, DEPLOY)]


@pytest.mark.parametrize(
    ("answer", "where"),
    [
        ("ResourceNotFoundException", "nowhere"),
        (
            {"DestinationConfig": {"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:1:theirs"}}},
            "to arn:aws:sqs:us-east-1:1:theirs",
        ),
    ],
)
def test_failed_events_that_go_elsewhere(installation: Installation, answer: Answer, where: str) -> None:
    installation.answers["GetFunctionEventInvokeConfig of pushtrain-approval"] = answer
    [finding] = [finding for finding in check_handler("approval", DEV, VERSION) if finding.state != "fine"]
    message = f"failed events of pushtrain-approval go {where}, not to pushtrain-failures"
    assert finding == Finding.wrong("handler approval", message, DEPLOY)


def test_another_version_may_judge_differently(installation: Installation) -> None:
    installation.answers[PUSH] = function("push", Description="pushtrain 9.9")
    message = (
        f"the handler push runs pushtrain 9.9, this computer has {VERSION}: "
        "they may judge the same config.yaml differently"
    )
    fix = f"install pushtrain 9.9 on this computer, or deploy {VERSION}"
    assert findings() == [Finding.wrong("versions", message, fix)]


def test_a_bundle_without_a_version_is_only_a_note(installation: Installation) -> None:
    installation.answers[PUSH] = function("push", Description="")
    message = f"the handler push does not say which pushtrain it runs; this computer has {VERSION}"
    assert findings() == [Finding.note("versions", message)]


def test_an_inactive_handler_is_only_a_note(installation: Installation) -> None:
    """Lambda makes a version with SnapStart inactive if nothing invoked it for 14 days."""
    installation.answers[PUSH] = function("push", State="Inactive")
    message = "pushtrain-push:live is Inactive: no event came for 14 days, so the next one arrives late"
    assert findings() == [Finding.note("handler push", message)]
