"""From an approval in the registry to what serving reads."""

from __future__ import annotations

import hashlib
import itertools
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pushtrain.aws import client
from pushtrain.errors import RegistryError
from pushtrain.serving import ServingState, approval, fetch
from pushtrain.serving import approved_json as documents
from tests.embedded.serving.approvals import (
    PLATFORM,
    Bus,
    approved,
    current,
    decide,
    delete_artifact,
    deliver,
    list_served,
    read,
    register,
    versions_of,
)


def test_the_same_event_again_does_nothing(bus: Bus) -> None:
    [arn] = register()
    event = approved(bus, arn)
    deliver(event)
    assert deliver(event) == ServingState(model="churn", version=1, previous=None, changed=False)
    keys = ("churn/approved.json", "churn/1/approved.json", "churn/1/model.tar.gz")
    assert [len(versions_of(key)) for key in keys] == [1, 1, 1]


def test_the_next_approval_names_the_version_before(bus: Bus) -> None:
    for arn in register(versions=2):
        serving = deliver(approved(bus, arn))
    assert serving == ServingState(model="churn", version=2, previous=1, changed=True)
    assert current()["previous"] == 1
    assert len(versions_of("churn/approved.json")) == 2


@pytest.mark.parametrize("whole_seconds", [False, True])
def test_in_whatever_order_events_come_the_version_approved_last_serves(bus: Bus, whole_seconds: bool) -> None:
    for number, order in enumerate(itertools.permutations([0, 1, 2])):
        model = f"model-{number}"
        arns = register(model, versions=3)
        events = [approved(bus, arns[version]) for version in (2, 0, 1)]
        if whole_seconds:
            for event in events:
                event["detail"]["LastModifiedTime"] = event["detail"]["LastModifiedTime"][:19] + "Z"
        for index in (*order, *reversed(order)):
            deliver(events[index])
        assert current(model)["version"] == 2
        assert [read(f"{model}/{n}/model.tar.gz") for n in (1, 2, 3)] == [f"{model} {n}".encode() for n in (1, 2, 3)]


def test_an_edited_description_wakes_nobody_and_a_late_duplicate_does_not_bring_the_old_version_back(bus: Bus) -> None:
    arns = register(versions=2)
    first = approved(bus, arns[0])
    deliver(first)
    deliver(approved(bus, arns[1]))
    client("sagemaker").update_model_package(ModelPackageArn=arns[0], ApprovalDescription="edited")
    assert len(bus.events) == 2
    assert deliver(first).changed is False
    assert current()["version"] == 2


def test_who_edited_a_version_is_not_called_its_approver(bus: Bus) -> None:
    [arn] = register()
    event = approved(bus, arn)
    event["detail"]["LastModifiedTime"] = "2026-01-01T00:00:00.000Z"  # the registry says: modified later
    deliver(event)
    assert current()["approver"] == ""
    assert current()["approved_at"] == "2026-01-01T00:00:00.000+00:00"


def test_what_the_registry_says_counts_not_what_the_event_says(bus: Bus) -> None:
    [arn] = register()
    event = approved(bus, arn)
    rejection = decide(bus, arn, "Rejected")
    for late in (event, rejection, event):
        assert deliver(late) == ServingState(model="churn", version=None, previous=None, changed=False)
    assert list_served() == []


def test_a_rejection_goes_back_to_the_highest_version_that_is_approved_and_then_to_none(bus: Bus) -> None:
    arns = register(versions=4)
    for number in (1, 0, 3):  # version 3 is never approved
        deliver(approved(bus, arns[number]))
    assert deliver(decide(bus, arns[3], "Rejected")) == ServingState(model="churn", version=2, previous=4, changed=True)
    assert current()["sha256"] == hashlib.sha256(b"churn 2").hexdigest()
    assert deliver(decide(bus, arns[0], "Rejected")).changed is False  # it does not serve
    assert deliver(decide(bus, arns[1], "Rejected")) == ServingState(
        model="churn", version=None, previous=2, changed=True
    )
    document = current()
    assert (document["model"], document["version"], document["previous"]) == ("churn", None, 2)
    with pytest.raises(RegistryError) as raised:
        fetch(PLATFORM, "churn")
    assert str(raised.value) == "no version of churn is approved. See `pushtrain models list churn --local`"
    assert deliver(approved(bus, arns[1])) == ServingState(model="churn", version=2, previous=None, changed=True)


def test_an_old_event_does_not_undo_what_a_rejection_chose(bus: Bus) -> None:
    arns = register(versions=3)
    events = [approved(bus, arns[number]) for number in (1, 0, 2)]  # version 1 is approved after version 2
    for event in events:
        deliver(event)
    deliver(decide(bus, arns[2], "Rejected"))
    assert deliver(events[1]).changed is False
    assert current()["version"] == 2


def test_a_deleted_version_stops_serving_at_the_next_decision(bus: Bus) -> None:
    arns = register(versions=3)
    deliver(approved(bus, arns[0]))
    deliver(approved(bus, arns[1]))
    client("sagemaker").delete_model_package(ModelPackageName=arns[1])
    assert deliver(decide(bus, arns[2], "Rejected")).version == 1


def test_two_handlers_at_once_agree_on_the_later_decision(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    arns = register(versions=2)
    events = [approved(bus, arn) for arn in arns]
    both, arrived = threading.Barrier(2, timeout=30), threading.local()

    def write(*arguments: Any, **named: Any) -> str | None:
        if not getattr(arrived, "first", False):
            arrived.first = True
            both.wait()  # both have read that nothing serves yet
        return documents.write_document(*arguments, **named)

    monkeypatch.setattr(approval, "write_document", write)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(deliver, events))
    assert current()["version"] == 2
    assert sum(answer.changed for answer in answers) in {1, 2}
    assert answers[1].version == 2
    assert len(versions_of("churn/approved.json")) in {1, 2}


@pytest.mark.parametrize("served", [None, 1])
def test_a_rejection_that_overtakes_the_approval_is_not_undone_by_it(
    bus: Bus, monkeypatch: pytest.MonkeyPatch, served: int | None
) -> None:
    """The handler of the approval is about to write when the version is rejected, and that is handled first."""
    arns = register(versions=2)
    if served:
        deliver(approved(bus, arns[0]))
    event = approved(bus, arns[1])
    meanwhile = [lambda: deliver(decide(bus, arns[1], "Rejected"))]

    def write(*arguments: Any, **named: Any) -> str | None:
        if meanwhile:
            meanwhile.pop()()
        return documents.write_document(*arguments, **named)

    monkeypatch.setattr(approval, "write_document", write)
    assert deliver(event).version == served
    assert current()["version"] == served


def test_a_rejected_model_goes_even_if_the_next_one_cannot_be_copied(bus: Bus) -> None:
    arns = register(versions=3)
    deliver(approved(bus, arns[0]))
    delete_artifact("churn", 2)
    lost = approved(bus, arns[1])
    with pytest.raises(RegistryError) as raised:
        deliver(lost)
    assert str(raised.value) == (
        "churn version 2 cannot go to serving: "
        "s3://pushtrain-artifacts/churn/runs/r2/train/job/output/model.tar.gz is gone. Train again"
    )
    deliver(approved(bus, arns[2]))
    with pytest.raises(RegistryError) as still:
        deliver(decide(bus, arns[2], "Rejected"))
    assert str(still.value) == str(raised.value)
    assert current()["version"] == 1


def test_a_version_that_was_created_approved_serves(bus: Bus) -> None:
    """Whether AWS names updated fields in the event of a creation is not known: here it names none."""
    [arn] = register(ModelApprovalStatus="Approved")
    event = json.loads((Path(__file__).parents[2] / "events" / "model-package-created.json").read_text())
    event["detail"]["ModelPackageArn"] = arn
    assert deliver(event).version == 1


def test_a_decision_that_others_keep_overtaking_is_given_up(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    [arn] = register()
    event = approved(bus, arn)
    monkeypatch.setattr(approval, "write_document", lambda *_, **__: None)
    with pytest.raises(RegistryError) as raised:
        deliver(event)
    assert str(raised.value) == "churn: 20 other decisions were made meanwhile, so this one has no effect. Decide again"


@pytest.mark.parametrize("is_deleted", [False, True])
def test_an_event_from_the_future_does_not_freeze_serving(bus: Bus, is_deleted: bool) -> None:
    """Whoever may invoke the handler chooses the time in an event."""
    first, second = register(versions=2)
    event = approved(bus, first)
    event["detail"]["LastModifiedTime"] = "9999-01-01T00:00:00+00:00"
    deliver(event)
    if is_deleted:  # then the registry has no time to compare with
        client("sagemaker").delete_model_package(ModelPackageName=first)
        deliver(event)
    deliver(approved(bus, second))
    assert current()["version"] == 2
