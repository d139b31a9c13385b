"""The list of decisions: every one stays, with who, when and why, also when the registry has forgotten it."""

from __future__ import annotations

import json

import msgspec
import pytest

from pushtrain.aws import client
from pushtrain.decide import ConditionResult
from pushtrain.layout import build_decisions_prefix, build_verdict_key
from pushtrain.registry import read_version
from pushtrain.serving import read_decisions
from tests.embedded.serving.approvals import (
    ARTIFACTS,
    NOTE,
    PLATFORM,
    SERVING,
    Bus,
    approved,
    current,
    decide,
    deliver,
    register,
    versions_of,
)

GATE = ConditionResult(metric="auc", condition="at_least", bound=0.9, value=0.95, holds=True)


def write_gate() -> None:
    """Give the verdict of version 1 a condition."""
    key = build_verdict_key("churn", "r1")
    verdict = json.loads(client("s3").get_object(Bucket=ARTIFACTS, Key=key)["Body"].read())
    verdict["conditions"] = [msgspec.to_builtins(GATE)]
    client("s3").put_object(Bucket=ARTIFACTS, Key=key, Body=json.dumps(verdict).encode())


def test_each_decision_stays_with_its_note_its_gate_and_its_environment(bus: Bus) -> None:
    [arn] = register()
    write_gate()
    prod = msgspec.structs.replace(PLATFORM, environment="prod")
    deliver(decide(bus, arn, "Rejected", "recall is too low"), prod)
    deliver(approved(bus, arn, NOTE), prod)
    first, second = read_decisions(PLATFORM, "churn", 1)
    assert (first.status, first.note, second.status, second.note) == ("Rejected", "recall is too low", "Approved", NOTE)
    assert first.decided_at < second.decided_at
    assert (first.environment, first.gate) == ("prod", (GATE,))
    assert first.approver == read_version(PLATFORM, "churn", 1).decided_by != ""
    assert [decision["note"] for decision in current()["decisions"]] == ["recall is too low", NOTE]


def test_events_that_come_twice_or_late_add_nothing_and_change_nothing(bus: Bus) -> None:
    [arn] = register()
    rejection, approval = decide(bus, arn, "Rejected", "no"), approved(bus, arn, "yes")
    for event in (approval, rejection, approval, rejection):
        deliver(event)
    first, second = read_decisions(PLATFORM, "churn", 1)
    assert (first.status, first.note, first.approver) == ("Rejected", "", "")  # the registry had the next one by then
    assert (second.status, second.note) == ("Approved", "yes")
    keys = client("s3").list_objects_v2(Bucket=SERVING, Prefix=build_decisions_prefix("churn", 1))["Contents"]
    assert [len(versions_of(item["Key"])) for item in keys] == [1, 1]


def test_a_version_that_waits_has_no_decisions(bus: Bus) -> None:
    [arn] = register()
    deliver(decide(bus, arn, "PendingManualApproval"))
    assert read_decisions(PLATFORM, "churn", 1) == ()


@pytest.mark.parametrize("status", ["Approved", "Rejected"])
def test_a_decision_of_the_year_9999_was_made_when_the_registry_says(bus: Bus, status: str) -> None:
    [arn] = register()
    event = decide(bus, arn, status)
    event["detail"]["LastModifiedTime"] = "9999-12-31T23:59:59.000Z"
    deliver(event)
    [decision] = read_decisions(PLATFORM, "churn", 1)
    assert decision.decided_at == read_version(PLATFORM, "churn", 1).modified


def test_a_platform_without_a_serving_bucket_has_no_decisions() -> None:
    assert read_decisions(msgspec.structs.replace(PLATFORM, serving_bucket=""), "churn", 1) == ()
