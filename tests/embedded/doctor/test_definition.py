"""What AWS says about a definition and about each of its states, with embedded AWS in its place."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pushtrain import aws
from pushtrain.doctor import Finding, check_definition
from pushtrain.local.aws import up
from pushtrain.model_repo.check import check_model_repo
from pushtrain.platform import Platform
from pushtrain.workflow import compile_workflow
from tests.embedded.conftest import MakeRepo

PLATFORM = Platform.local()
FIX = "change what config.yaml adds with `sagemaker`, or the template"
Check = Callable[..., list[Finding]]
Definition = dict[str, Any]


def change_nothing(_: Definition) -> None:
    """Leave the definition as it was compiled."""


@pytest.fixture
def check(tmp_path: Path, make_repo: MakeRepo) -> Iterator[Check]:
    """`check("plain", change)`: the findings about the definition of a model repo, after a change."""

    def check(name: str, change: Callable[[Definition], None] = change_nothing) -> list[Finding]:
        loaded = check_model_repo(make_repo(name), "", PLATFORM).loaded
        definition = json.loads(json.dumps(compile_workflow(loaded.config, PLATFORM)))
        change(definition)
        return list(check_definition(definition, loaded.config, PLATFORM))

    with up(tmp_path / "store", PLATFORM, handlers={}):
        yield check


def test_every_state_of_a_chain_is_evaluated(check: Check) -> None:
    whole, *states = check("plain")
    assert whole.message.startswith("AWS takes it: ")
    assert {finding.state for finding in states} == {"fine"}
    names = [finding.message for finding in states]
    on_the_way = ["start", "preprocess", "preprocess completed?", "train", "train completed?", "evaluate"]
    assert names[:6] == on_the_way
    assert names[7:11] == ["decide", "gate", "register", "registered"]
    assert sorted(names[11:]) == [
        "evaluate did not complete",
        "not registered",
        "preprocess did not complete",
        "train did not complete",
    ]


def test_the_states_of_branches_are_evaluated_before_the_state_that_has_them(check: Check) -> None:
    names = [finding.message for finding in check("diamond") if finding.state == "fine"]
    assert names.index("odd") < names.index("even") < names.index("odd and even") < names.index("train")


def test_a_path_that_does_not_exist_is_named_and_what_follows_is_not_tested(check: Check) -> None:
    def change(definition: Definition) -> None:
        definition["States"]["train"]["ResultSelector"]["name.$"] = "$.Nmae"

    (wrong,) = (finding for finding in check("plain", change) if finding.state == "wrong")
    untested = check("plain", change)[-1]
    assert (wrong.state, wrong.fix) == ("wrong", FIX)
    assert wrong.message.startswith("train: AWS says FAILED, States.Runtime: ")
    assert "'$.Nmae'" in wrong.message
    assert untested == Finding.note(
        "state",
        "not tested, because a state before them failed: decide, evaluate, evaluate completed?, evaluate did not "
        "complete, gate, not registered, register, registered, train completed?, train did not complete",
    )


def test_a_branch_that_fails_is_named_at_the_state_that_has_it(check: Check) -> None:
    def change(definition: Definition) -> None:
        for branch in definition["States"]["odd and even"]["Branches"]:
            for name, state in branch["States"].items():
                if name == "even":
                    state["ResultSelector"]["name.$"] = "$.Nmae"

    findings = [finding for finding in check("diamond", change) if finding.state == "wrong"]
    assert [finding.message.partition(":")[0] for finding in findings] == ["even", "odd and even"]
    assert findings[1] == Finding.wrong("state", "odd and even: a state in one of its branches failed", FIX)


def test_a_definition_that_aws_refuses_is_shown_in_its_words(check: Check) -> None:
    def change(definition: Definition) -> None:
        definition["StartAt"] = "strat"

    (finding,) = check("plain", change)
    assert finding.state == "wrong"
    assert "AWS refuses the definition (InvalidDefinition): " in finding.message
    assert "there is no state 'strat' at /StartAt" in finding.message


def test_without_aws_the_reason_is_said(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> object:
        from botocore.exceptions import NoCredentialsError

        raise NoCredentialsError

    monkeypatch.setattr(aws, "client", refuse)
    (finding,) = check("plain")
    assert finding == Finding.wrong(
        "definition", "AWS was not asked: Unable to locate credentials", "check the credentials and the region"
    )


def test_a_state_that_aws_does_not_test_is_shown_in_its_words(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    create = aws.client

    class Denied:
        """Step Functions that denies TestState."""

        def __init__(self) -> None:
            self.validate_state_machine_definition = create("stepfunctions").validate_state_machine_definition

        def test_state(self, **_: object) -> object:
            from botocore.exceptions import ClientError

            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "TestState")

    monkeypatch.setattr(aws, "client", lambda *_: Denied())
    _, finding, *_ = check("plain")
    assert finding.message == (
        "start: An error occurred (AccessDeniedException) when calling the TestState operation: no"
    )


def test_a_wait_and_a_map_are_not_tested(check: Check) -> None:
    def change(definition: Definition) -> None:
        processor = {"StartAt": "item", "States": {"item": {"Type": "Pass", "End": True}}}
        definition["States"]["each"] = {"Type": "Map", "ItemProcessor": processor, "Next": definition["StartAt"]}
        definition["States"]["pause"] = {"Type": "Wait", "Seconds": 1, "Next": "each"}
        definition["StartAt"] = "pause"

    findings = check("plain", change)
    assert findings[1] == Finding.note("state", "pause: waits, so it is not tested")
    assert findings[2] == Finding.note("state", "each: runs its states for each item, so it is not tested")
    assert findings[3] == Finding.fine("state", "start")
