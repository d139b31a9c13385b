"""State machines and versions: each version runs its own definition."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.embedded.local.state_machines import MACHINE, passing


def test_versions_run_their_own_definition(engine: Any) -> None:
    first = engine.create(passing("old"), publish=True)["stateMachineVersionArn"]
    engine.sfn.update_state_machine(stateMachineArn=MACHINE, definition=json.dumps(passing("new")))
    second = engine.sfn.publish_state_machine_version(stateMachineArn=MACHINE)["stateMachineVersionArn"]
    assert (first, second) == (f"{MACHINE}:1", f"{MACHINE}:2")
    assert engine.end(engine.start(first))["output"] == {"said": "old"}
    assert engine.end(engine.start(second))["output"] == {"said": "new"}
    assert engine.end(engine.start(MACHINE))["output"] == {"said": "new"}
    assert "old" in engine.sfn.describe_state_machine(stateMachineArn=first)["definition"]
    listed = engine.sfn.list_state_machine_versions(stateMachineArn=MACHINE)["stateMachineVersions"]
    assert [version["stateMachineVersionArn"] for version in listed] == [second, first]
    assert [
        run["stateMachineVersionArn"] for run in engine.sfn.list_executions(stateMachineArn=first)["executions"]
    ] == [first]


def test_publishing_the_same_revision_twice_is_one_version(engine: Any) -> None:
    engine.create(passing("x"))
    arns = {
        engine.sfn.publish_state_machine_version(stateMachineArn=MACHINE)["stateMachineVersionArn"] for _ in range(2)
    }
    assert arns == {f"{MACHINE}:1"}


def test_stock_moto_cannot_start_a_version(stock: Any) -> None:
    version = stock.create(passing("x"), publish=True)["stateMachineVersionArn"]
    with pytest.raises(AttributeError):
        stock.start(version, name="run")


def test_a_version_that_is_not_there(engine: Any) -> None:
    engine.create(passing("x"))
    with pytest.raises(ClientError) as raised:
        engine.start(f"{MACHINE}:7")
    assert str(raised.value) == (
        "An error occurred (StateMachineDoesNotExist) when calling the StartExecution operation: State "
        "Machine Does Not Exist: 'arn:aws:states:us-east-1:123456789012:stateMachine:machine:7'"
    )


def test_create_again_with_another_definition_is_refused(engine: Any) -> None:
    engine.create(passing("old"))
    assert engine.create(passing("old"))["stateMachineArn"] == MACHINE
    with pytest.raises(ClientError) as raised:
        engine.create(passing("new"))
    assert str(raised.value) == (
        "An error occurred (StateMachineAlreadyExists) when calling the CreateStateMachine operation: "
        "State Machine Already Exists: 'arn:aws:states:us-east-1:123456789012:stateMachine:machine'"
    )


def test_stock_moto_keeps_the_old_definition_silently(stock: Any) -> None:
    stock.create(passing("old"))
    stock.create(passing("new"))
    assert "old" in stock.sfn.describe_state_machine(stateMachineArn=MACHINE)["definition"]


def test_a_version_of_another_revision_is_not_published(engine: Any) -> None:
    engine.create(passing("x"))
    now = engine.sfn.describe_state_machine(stateMachineArn=MACHINE)["revisionId"]
    with pytest.raises(ClientError) as raised:
        engine.sfn.publish_state_machine_version(stateMachineArn=MACHINE, revisionId="other")
    assert str(raised.value) == (
        "An error occurred (ConflictException) when calling the PublishStateMachineVersion operation: "
        f"{MACHINE} is at revision {now}, not other"
    )
