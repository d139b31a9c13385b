"""The person who pushed reads what AWS refuses for good, and Lambda does not try again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pushtrain import aws
from pushtrain.launch.refusal import Refused
from pushtrain.local.api import ApiError
from pushtrain.local.aws import LocalAws
from pushtrain.local.states.state_machines import StateMachines
from pushtrain.runs.follow import WaitLimits, follow
from tests.embedded.launch.plain import PLATFORM, STATE_MACHINE, launch_push, launch_refused, upload_plain

WORDS = (
    "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: The field Retry is not supported at /States/train'"
)


def test_a_definition_that_aws_refuses_is_read_by_the_person_who_pushed(
    local_aws: LocalAws, repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise ApiError("InvalidDefinition", WORDS)

    push = upload_plain(repo)
    with monkeypatch.context() as patch:
        patch.setattr(StateMachines, "create", refuse)
        text = launch_refused(push)
    assert text.startswith(
        f"push  AWS refuses CreateStateMachine (InvalidDefinition): {WORDS}. Change what config.yaml"
    )
    [(followed, outcome)] = follow([push], PLATFORM, WaitLimits(), sleep=lambda _: None)
    assert followed == push
    assert isinstance(outcome, Refused)
    assert str(outcome.problems[0]) == text
    assert launch_push(upload_plain(repo, repeat=True)).fresh  # once AWS takes it, a new push runs


def test_a_version_that_is_deleted_just_before_the_start_is_published_anew(
    local_aws: LocalAws, repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    local_aws.wait(launch_push(upload_plain(repo)).arn)
    states = aws.client("stepfunctions")
    deleted: list[str] = []

    def delete_then_start(service: str, region: str | None = None) -> Any:
        client = aws.create_client(service, region)
        if service == "stepfunctions":

            def delete(params: dict[str, Any], **_: object) -> None:
                if not deleted:
                    deleted.append(params["stateMachineArn"])
                    states.delete_state_machine(stateMachineArn=STATE_MACHINE)

            client.meta.events.register("provide-client-params.sfn.StartExecution", delete)
        return client

    monkeypatch.setattr(aws, "client", delete_then_start)
    again = launch_push(upload_plain(repo, repeat=True))
    assert deleted
    assert (again.fresh, again.definition) == (True, "created")
    assert local_aws.wait(again.arn)["status"] == "SUCCEEDED"
