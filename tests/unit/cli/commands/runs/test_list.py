"""`runs list` on AWS: filters, order, and what fits on a terminal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from pushtrain import aws
from pushtrain.cli.commands.runs import show as runs_show
from pushtrain.launch.state_machine import build_execution_arn, build_state_machine_arn
from pushtrain.parallel import call_in_turn
from pushtrain.platform import PLATFORM_VARIABLE, Platform

DEV = Platform.local("dev")
NOW = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
PACKAGE = f"arn:aws:sagemaker:us-east-1:{DEV.account}:model-package/pushtrain-churn/3"
Types = Callable[..., tuple[int, str, str]]


@pytest.fixture
def types(typed: Types, monkeypatch: pytest.MonkeyPatch) -> Types:
    monkeypatch.setenv(PLATFORM_VARIABLE, DEV.to_json())

    return typed


def execution(model: str, name: str, status: str, ago: timedelta, seconds: float = 60) -> dict[str, Any]:
    began = NOW - ago
    over = {} if status == "RUNNING" else {"stopDate": began + timedelta(seconds=seconds)}
    return {
        "executionArn": build_execution_arn(DEV, model, name),
        "stateMachineArn": build_state_machine_arn(DEV, model),
        "name": name,
        "status": status,
        "startDate": began,
        **over,
    }


CHURN = [
    execution("churn", "stopped-1", "ABORTED", timedelta(hours=1)),
    execution("churn", "good-1", "SUCCEEDED", timedelta(hours=2), seconds=5405),
    execution("churn", "gate-1", "SUCCEEDED", timedelta(days=3)),
]
DIGITS = [execution("digits", "bad-1", "FAILED", timedelta(hours=3))]
OUTPUTS = {
    "good-1": {
        "outcome": "registered",
        "model_package": PACKAGE,
        "metrics": {"quality.accuracy": "0.964912", "quality.auc": "0.9974"},
    },
    "gate-1": {"outcome": "not_registered", "metrics": {"accuracy": "0.91", "of-a-template": ["x"], "text": "high"}},
}


@pytest.fixture
def states(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    """Answer requests one after the other. No run has noted its start, so every model is asked."""
    session = boto3.Session(aws_access_key_id="x", aws_secret_access_key="x", region_name="us-east-1")
    client, s3 = session.client("stepfunctions"), session.client("s3")
    stub, s3_stub = Stubber(client), Stubber(s3)
    s3_stub.add_response("list_objects_v2", {}, {"Bucket": DEV.artifact_bucket, "Prefix": ".started/"})
    s3_stub.activate()
    monkeypatch.setattr(aws, "client", lambda service, region=None: s3 if service == "s3" else client)
    foreign = {"stateMachineArn": build_state_machine_arn(DEV, "x").replace("pushtrain-x", "theirs"), "name": "theirs"}
    state_machines = [
        {"stateMachineArn": build_state_machine_arn(DEV, model), "name": f"pushtrain-{model}"}
        for model in ("churn", "digits")
    ]
    for state_machine in (*state_machines, foreign):
        state_machine.update({"type": "STANDARD", "creationDate": NOW})  # type: ignore[dict-item]
    stub.add_response("list_state_machines", {"stateMachines": [*state_machines, foreign]}, {"maxResults": 1000})
    for state_machine, executions in zip(state_machines, (CHURN, DIGITS), strict=True):
        stub.add_response(
            "list_executions",
            {"executions": executions},
            {"stateMachineArn": state_machine["stateMachineArn"], "maxResults": 1000},
        )
    stub.activate()
    with call_in_turn():
        yield stub


def add_outputs(stub: Stubber, *names: str) -> None:
    """Let Step Functions describe these executions, in this order."""
    executions = {execution["name"]: execution for execution in CHURN}
    for name in names:
        answer = {**executions[name], "output": json.dumps(OUTPUTS[name])}
        stub.add_response("describe_execution", answer, {"executionArn": executions[name]["executionArn"]})


def test_all_models_oldest_first(states: Stubber, types: Types) -> None:
    add_outputs(states, "good-1", "gate-1")
    assert types("runs", "list") == (
        0,
        "MODEL   RUN        OUTCOME         TIME     STARTED           METRICS\n"
        "churn   gate-1     not registered  60.0 s   2026-11-18 07:00  accuracy 0.91\n"
        "digits  bad-1      failed          60.0 s   2026-11-21 04:00\n"
        "churn   good-1     registered 3    1:30:05  2026-11-21 05:00  accuracy 0.9649, auc 0.9974\n"
        "churn   stopped-1  stopped         60.0 s   2026-11-21 06:00\n",
        "",
    )
    states.assert_no_pending_responses()


def test_the_document_has_the_metrics_of_the_gate_as_numbers(states: Stubber, types: Types) -> None:
    add_outputs(states, "good-1", "gate-1")
    rows = {row["run"]: row["metrics"] for row in json.loads(types("runs", "list", "--json")[1])}
    good = {"quality.accuracy": 0.964912, "quality.auc": 0.9974}
    assert rows == {"good-1": good, "gate-1": {"accuracy": 0.91}, "bad-1": {}, "stopped-1": {}}


def test_without_a_gate_there_is_no_column_of_metrics(states: Stubber, types: Types) -> None:
    assert "METRICS" not in types("runs", "list", "--status", "failed")[1]


@pytest.mark.parametrize(
    ("words", "read_outputs", "listed"),
    [
        (["--status", "failed"], [], ["bad-1"]),
        (["--status", "stopped", "--status", "failed"], [], ["bad-1", "stopped-1"]),
        (["--status", "running"], [], []),
        (["--status", "registered"], ["good-1", "gate-1"], ["good-1"]),
        (["--status", "not-registered"], ["good-1", "gate-1"], ["gate-1"]),
        (["--since", "2026-11-21"], ["good-1"], ["bad-1", "good-1", "stopped-1"]),
        (["--since", "2026-11-21T05:30:00+00:00"], [], ["stopped-1"]),
        (["--limit", "1"], [], ["stopped-1"]),
        (["--limit", "1", "--status", "not-registered"], ["good-1", "gate-1"], ["gate-1"]),
        (["--sort", "time", "--reverse"], ["good-1", "gate-1"], ["good-1", "stopped-1", "bad-1", "gate-1"]),
        (["--sort", "model"], ["good-1", "gate-1"], ["gate-1", "good-1", "stopped-1", "bad-1"]),
        (["--sort", "outcome"], ["good-1", "gate-1"], ["bad-1", "gate-1", "good-1", "stopped-1"]),
    ],
)
def test_runs_are_filtered_and_sorted(
    states: Stubber, types: Types, words: list[str], read_outputs: list[str], listed: list[str]
) -> None:
    add_outputs(states, *read_outputs)
    code, out, _ = types("runs", "list", *words, "--json")
    rows = json.loads(out)
    if "--sort" in words and "time" in words:
        assert rows[0]["run"] == listed[0]
        listed, rows = sorted(listed), sorted(rows, key=lambda row: row["run"])
    assert (code, [row["run"] for row in rows]) == (0, listed)
    states.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("begins", "message"),
    [
        (
            "g",
            ("more than one run begins with 'g': good-1, gate-1. `pushtrain runs list --environment dev` shows them"),
        ),
        ("zz", "there is no run 'zz'. `pushtrain runs list --environment dev` shows them"),
    ],
)
def test_an_id_that_fits_no_run_or_several_is_refused(
    states: Stubber, types: Types, begins: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs_show, "find_recorded_run", lambda *_: None)
    code, out, err = types("runs", "show", begins)
    assert (code, out) == (1, "")
    assert err.rstrip("\n") == message


def test_no_run_that_fits_is_not_an_error(states: Stubber, types: Types) -> None:
    assert types("runs", "list", "--status", "running") == (0, "no such run\n", "")


@pytest.mark.parametrize("text", ["yesterday", "", "2026-13-01", "어제", "9" * 40])
def test_a_text_that_is_not_a_time_is_refused_with_both_forms(types: Types, text: str) -> None:
    code, out, err = types("runs", "list", "--since", text)
    assert (code, out) == (2, "")
    message = f"{text!r} is not a time. Write how long ago, such as 12h or 7d, or a date such as 2026-11-21 (UTC)\n"
    assert err.splitlines()[-1] + "\n" == f"Error: Invalid value for '--since': {message}"


def test_a_long_name_is_cut_so_that_a_terminal_of_80_columns_holds_the_row(
    states: Stubber, types: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pushtrain.cli.terminal.stream import Terminal

    class Narrow(Terminal):
        def __init__(self, stream: Any) -> None:
            super().__init__(stream)
            self.columns = 80

    monkeypatch.setattr("pushtrain.cli.terminal.tables.Terminal", Narrow)
    monkeypatch.setitem(globals()["DIGITS"][0], "name", "a18d81da2492-dcfd6c")
    long = "an-extraordinarily-long-name-of-a-model"
    monkeypatch.setattr("pushtrain.runs.listed_run.summary_fields", _renamed(long))
    add_outputs(states, "good-1", "gate-1")
    lines = types("runs", "list")[1].splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[1].startswith("an-extraordina")
    assert lines[5:] == [
        "",
        "MODEL                                    RUN     METRICS",
        "an-extraordinarily-long-name-of-a-model  gate-1  accuracy 0.91",
        "an-extraordinarily-long-name-of-a-model  good-1  accuracy 0.9649, auc 0.9974",
    ]


def _renamed(name: str) -> Callable[..., dict[str, Any]]:
    from pushtrain.runs.read import summary_fields

    return lambda _, item: summary_fields(name, item)
