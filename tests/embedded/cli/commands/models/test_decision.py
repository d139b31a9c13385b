"""`models approve` and `reject`: what is shown before a decision, and what serves after it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from pushtrain.aws import client
from pushtrain.cli import program, run_command
from pushtrain.errors import LocalError
from pushtrain.local.aws import up
from pushtrain.platform import PLATFORM_VARIABLE, Platform
from pushtrain.registry import read_version
from tests.embedded.registered import PLATFORM, refuse, write_run

Types = Callable[..., tuple[int, str, str]]


SUCCEEDING = json.dumps({"StartAt": "done", "States": {"done": {"Type": "Succeed"}}})


def test_a_decision_shows_what_it_is_about(types: Types) -> None:
    code, out, review = types("approve", "churn", 1, "--note", "first")
    assert (code, out) == (0, "approved  churn version 1 · auc 0.95, loss 0.3, oddity 1.5\nserves    churn version 1\n")
    assert review.splitlines()[0].startswith("churn version 1 · registered 20")
    assert review.splitlines()[0].endswith(" · run one · commit aaaaaaaaaaaa")
    assert review.splitlines()[1:] == ["  image: image", "  ✓ auc 0.95 ≥ 0.9"]


def test_worse_than_what_serves_is_warned_of(types: Types) -> None:
    types("approve", "churn", 2)
    code, out, review = types("approve", "churn", 1, "--json")
    warning = "it is worse than version 2, which serves: auc is 0.9500, there 0.9700"
    assert (code, json.loads(out)["warnings"]) == (0, [warning])
    assert review.splitlines()[1:] == ["  image: image", "  ✓ auc 0.95 ≥ 0.9; version 2 0.97", f"warning: {warning}"]
    assert "warning" not in types("reject", "churn", 1)[2]


def test_todays_gate_is_that_of_the_newest_run(types: Types, store: Path) -> None:
    with up(store, PLATFORM, handlers={}) as machine:
        write_run("now", bound=0.96)
        states = client("stepfunctions")
        arn = states.create_state_machine(name="pushtrain-churn", definition=SUCCEEDING, roleArn=PLATFORM.states_role)
        started = states.start_execution(stateMachineArn=arn["stateMachineArn"], name="now", input="{}")
        machine.wait(started["executionArn"])
    _, _, review = types("approve", "churn", 1)
    assert "warning: it no longer meets today's gate: auc is 0.9500, asked for is ≥ 0.9600" in review


def test_a_gate_that_nobody_knows_is_warned_of(types: Types) -> None:
    assert "warning: today's gate is not known" in types("approve", "churn", 3)[2]


UNCOMPARED = "so this version was not compared with the one that serves"

APPROVED = "s3://pushtrain-serving/churn/approved.json could not be read (AccessDenied)"


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (
            "find_newest_run",
            "the runs could not be listed (AccessDenied), so the gate is that of this version's own run, not today's",
        ),
        ("read_serving_arns", f"{APPROVED}, {UNCOMPARED}"),
    ],
)
def test_what_may_not_be_read_is_a_warning_and_no_obstacle(
    function: str, message: str, types: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"pushtrain.report.review.{function}", refuse(function))
    code, out, err = types("approve", "churn", 1, "--json")
    assert (code, json.loads(out)["warnings"]) == (0, [message])
    assert err.splitlines()[1:] == ["  image: image", "  ✓ auc 0.95 ≥ 0.9", f"warning: {message}"]
    assert types("list", "--json")[1].count('"Approved"') == 1


def test_a_version_that_serves_and_cannot_be_described_is_a_warning(
    types: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    types("approve", "churn", 2)
    monkeypatch.setattr("pushtrain.report.review.find_version", refuse("DescribeModelPackage"))
    arn = "arn:aws:sagemaker:us-east-1:123456789012:model-package/pushtrain-churn/2"
    message = f"warning: {arn} could not be described (AccessDenied), {UNCOMPARED}"
    code, _, err = types("approve", "churn", 1)
    assert (code, err.splitlines()[1:]) == (0, ["  image: image", "  ✓ auc 0.95 ≥ 0.9", message])


def test_documents_that_cannot_be_read_are_warnings(types: Types, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pushtrain.report.review.read_run_record", refuse("GetObject", "KMS.DisabledException"))
    code, _, err = types("approve", "churn", 1)
    reason = "(KMS.DisabledException)"
    assert (code, err.splitlines()[1:]) == (
        0,
        [
            "  image: image",
            f"warning: what this version's run was told could not be read {reason}, so whether its commit lacks "
            "changes is not known",
            "warning: today's gate is not known: no config.yaml of this model's runs can be read any more",
        ],
    )
    types("reject", "churn", 1)
    monkeypatch.undo()
    monkeypatch.setattr("pushtrain.report.review.read_config", refuse("GetObject", "KMS.DisabledException"))
    code, _, err = types("approve", "churn", 1, "--note", "after all")
    assert (code, f"warning: config.yaml of run one could not be read {reason}, so today's gate" in err) == (0, True)


def test_a_decision_ends_with_what_serves_now(types: Types) -> None:
    def last(*words: object) -> str:
        return types(*words)[1].splitlines()[-1]

    assert last("reject", "churn", 3) == "serves    nothing"
    assert last("approve", "churn", 1) == "serves    churn version 1"
    assert last("approve", "churn", 2) == "serves    churn version 2 (before: version 1)"
    assert last("approve", "churn", 2) == "serves    churn version 2"
    assert json.loads(types("reject", "churn", 2, "--json")[1])["serves"] == 1
    assert last("reject", "churn", 1) == "serves    nothing (before: version 1)"
    assert json.loads(types("reject", "churn", 1, "--json")[1])["serves"] is None


def test_on_aws_a_decision_tells_where_to_look(
    store: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    dev = Platform.local("dev")
    monkeypatch.setenv(PLATFORM_VARIABLE, dev.to_json())
    monkeypatch.setattr("pushtrain.cli.commands.models.serving.find_program", lambda: "pushtrain")
    with up(store, dev, handlers={}):
        assert run_command(lambda: program.main(["models", "approve", "churn", "1"], standalone_mode=False)) == 0
        message = "serving   follows in a moment: pushtrain models list churn --environment dev"
        assert capsys.readouterr().out.splitlines()[-1] == message
        program.main(["models", "reject", "churn", "1", "--json"], standalone_mode=False)
        assert "serves" not in json.loads(capsys.readouterr().out)


def test_a_rejected_version_is_approved_with_a_reason_only_and_both_decisions_stay(types: Types) -> None:
    types("reject", "churn", 1, "--note", "recall is too low")
    code, out, err = types("approve", "churn", 1)
    assert (code, out) == (1, "")
    assert re.fullmatch(
        r"version 1 was rejected on \d{4}-\d\d-\d\d by \S+: recall is too low. To approve churn version 1 "
        'nevertheless, say why with --note "…"',
        err.splitlines()[-1],
    )
    code, out, err = types("approve", "churn", 1, "--note", "measured again", "--json")
    assert (code, "was rejected on" in json.loads(out)["warnings"][0]) == (0, True)
    shown = types("show", "churn", 1)[1].partition("  decisions\n")[2]
    assert re.fullmatch(
        r"    \S+ \S+ +Rejected +\S+ +recall is too low\n    \S+ \S+ +Approved +\S+ +measured again\n", shown
    )
    decisions = json.loads(types("show", "churn", 1, "--json")[1])["decisions"]
    assert [(decision["status"], decision["note"]) for decision in decisions] == [
        ("Rejected", "recall is too low"),
        ("Approved", "measured again"),
    ]
    types("reject", "churn", 1)  # erases neither
    assert len(json.loads(types("show", "churn", 1, "--json")[1])["decisions"]) == 3


def test_who_may_not_read_decisions_still_sees_the_version(types: Types, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pushtrain.serving.read_decisions", refuse("ListObjectsV2", "AccessDenied"))
    code, out, _ = types("show", "churn", 1, "--json")
    assert (code, json.loads(out)["decisions"]) == (0, None)


def test_an_approval_that_failed_changes_nothing_and_can_be_made_again(
    types: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise LocalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("pushtrain.serving.approval.copy_to_serving", fail)
        code, out, err = types("approve", "churn", 1)
    assert (code, out) == (1, "")
    assert "database or disk is full" in err
    assert json.loads(types("show", "churn", 1, "--json")[1])["status"] == "PendingManualApproval"
    assert types("approve", "churn", 1)[1].splitlines()[-1] == "serves    churn version 1"


def test_an_approval_of_which_nothing_serves_is_made_again(types: Types, store: Path) -> None:
    with up(store, PLATFORM, handlers={}):  # the handler never ran
        arn = read_version(PLATFORM, "churn", 1).arn
        client("sagemaker").update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")
    assert types("approve", "churn", 1)[1].splitlines()[-1] == "serves    churn version 1"
