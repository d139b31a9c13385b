from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from moto.events.models import EventPattern

from pushtrain.local.sagemaker.approval_events import build_approval_event, matches_rule
from pushtrain.platform import Platform
from pushtrain.serving import EVENT_PATTERN
from pushtrain.serving.event import ApprovalChange, read_event

EVENTS = Path(__file__).parents[2] / "events"
ARN = "arn:aws:sagemaker:us-east-1:123456789012:model-package/pushtrain-churn/2"
STORED = {
    "ModelPackageGroupName": "pushtrain-churn",
    "ModelPackageArn": ARN,
    "CreationTime": 1_793_600_000.25,
    "LastModifiedTime": 1_793_700_000.5,
}


def event(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EVENTS / f"model-package-{name}.json").read_text(encoding="utf-8"))
    return found


def rule_lets_through(found: dict[str, Any]) -> bool:
    pattern = EventPattern.load(json.dumps(dict(EVENT_PATTERN)))
    return bool(pattern.matches_event(found))  # type: ignore[arg-type]  # moto's TypedDict of an event


@pytest.mark.parametrize("name", ["approved", "rejected"])
def test_a_decision_is_read_with_its_time(name: str) -> None:
    assert read_event(event(name), Platform.local()) == ApprovalChange(
        model="churn", arn=ARN, changed_at="2026-11-03T10:00:00.000+00:00", status=name.capitalize()
    )
    assert rule_lets_through(event(name))


def test_an_edited_description_is_no_decision() -> None:
    assert read_event(event("description-edited"), Platform.local()) is None
    assert not rule_lets_through(event("description-edited"))


def test_an_event_that_names_no_field_counts_from_the_creation() -> None:
    found = event("created")
    found["detail"]["LastModifiedTime"] = "2026-11-09T00:00:00Z"
    change = read_event(found, Platform.local())
    assert change is not None
    assert change.changed_at == "2026-11-02T08:15:30.000+00:00"


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("source", "my.app"),
        ("detail-type", "SageMaker Model State Change"),
        ("detail", {"ModelPackageName": "mine"}),
        ("detail", {"ModelPackageGroupName": "churn"}),
        ("detail", {"ModelPackageGroupName": "pushtrain2-churn"}),
    ],
)
def test_other_events_are_none_of_its_business(member: str, value: Any) -> None:
    assert read_event({**event("approved"), member: value}, Platform.local()) is None


@pytest.mark.parametrize(
    "time",
    ["2026-11-03T10:00:00.250Z", "2026-11-03T12:00:00.250+02:00", 1_793_700_000_250, "2026-11-03T10:00:00.250999Z"],
)
def test_times_of_every_form_become_one(time: str | int) -> None:
    found = event("approved")
    found["detail"]["LastModifiedTime"] = time
    change = read_event(found, Platform.local())
    assert change is not None
    assert change.changed_at == "2026-11-03T10:00:00.250+00:00"


@pytest.mark.parametrize(
    ("asked", "through"),
    [({"ModelApprovalStatus"}, True), ({"ApprovalDescription", "CustomerMetadataProperties"}, False)],
)
def test_the_event_of_this_machine_passes_the_rule_as_on_aws(asked: set[str], through: bool) -> None:
    made = build_approval_event(STORED, asked, Platform.local())
    assert rule_lets_through(made) == matches_rule(made) == through
    change = read_event(made, Platform.local())
    assert (change is not None) == through
    assert change is None or change.changed_at == "2026-11-03T10:00:00.500+00:00"


def test_the_event_of_this_machine_has_the_form_of_awss() -> None:
    made = build_approval_event(STORED, ["ModelApprovalStatus"], Platform.local())
    assert made.keys() == event("approved").keys()
    assert made["detail"].keys() <= event("approved")["detail"].keys()
