"""The person who pushed reads what AWS refuses for good, and Lambda does not try again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from pushtrain import aws
from pushtrain.launch.launch import launch
from pushtrain.launch.permanent_errors import DEFINITION, DELETION, INSTALLATION, LIMIT, PERMISSION, TAGS
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


REFUSALS = {
    ("InvalidDefinition", "CreateStateMachine"): DEFINITION,
    ("ValidationException", "CreateStateMachine"): DEFINITION,
    ("413", "CreateStateMachine"): DEFINITION,
    ("AccessDeniedException", "CreateStateMachine"): PERMISSION,
    ("AccessDenied", "PutObject"): PERMISSION,
    ("AccessDeniedException", "StartExecution"): PERMISSION,
    ("StateMachineLimitExceeded", "CreateStateMachine"): LIMIT,
    ("ResourceLimitExceeded", "CreateModelPackageGroup"): LIMIT,
    ("TooManyTags", "CreateStateMachine"): TAGS,
    ("StateMachineDeleting", "StartExecution"): DELETION,
    ("StateMachineDoesNotExist", "StartExecution"): INSTALLATION,
    ("InvalidArn", "CreateStateMachine"): INSTALLATION,
}


@pytest.mark.parametrize(("code", "operation"), REFUSALS)
def test_what_aws_refuses_for_good_ends_the_push_with_its_words_and_a_remedy(
    local_aws: LocalAws, repo: Path, monkeypatch: pytest.MonkeyPatch, code: str, operation: str
) -> None:
    """A definition that is too large is a ValidationException, or the whole request has status 413."""
    push = upload_plain(repo)
    with monkeypatch.context() as patch:
        fail_operation(patch, operation, code)
        text = launch_refused(push)  # it raises nothing, so nothing is delivered again
    remedy = REFUSALS[code, operation]
    assert text == f"push  AWS refuses {operation} ({code}): no. {remedy}, then push with --again --local"
    assert list_names_of_executions() == []


@pytest.mark.parametrize("code", ["ThrottlingException", "ConflictException", "InternalError", "ServiceUnavailable"])
def test_what_may_be_gone_a_moment_later_is_raised_so_that_the_push_is_delivered_again(
    local_aws: LocalAws, repo: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    push = upload_plain(repo)
    with monkeypatch.context() as patch:
        fail_operation(patch, "CreateStateMachine", code)
        with pytest.raises(ClientError, match=code):
            launch(push, PLATFORM)
    assert launch_push(push).fresh


def fail_operation(patch: pytest.MonkeyPatch, operation: str, code: str) -> None:
    """Let AWS refuse an operation, whatever its parameters; only below <model>/ if it is PutObject."""
    client_class: Any = BaseClient
    make_call = client_class._make_api_call

    def make_api_call(self: BaseClient, name: str, parameters: dict[str, Any]) -> Any:
        if name == operation and "/pushes/" not in parameters.get("Key", ""):
            raise ClientError({"Error": {"Code": code, "Message": "no."}}, name)
        return make_call(self, name, parameters)

    patch.setattr(client_class, "_make_api_call", make_api_call)


def list_names_of_executions() -> list[str]:
    states = aws.client("stepfunctions")
    machines = [machine["stateMachineArn"] for machine in states.list_state_machines()["stateMachines"]]
    listed = [states.list_executions(stateMachineArn=arn)["executions"] for arn in machines]
    return [execution["name"] for executions in listed for execution in executions]


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
