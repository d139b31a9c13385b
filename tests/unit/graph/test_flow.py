"""A definition as boxes and arrows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pushtrain.graph import Flow, build_flow

GOLDEN = Path(__file__).parents[2] / "golden" / "definitions"


def whole_pipeline(*, whole: bool = False) -> Flow:
    return build_flow(
        json.loads((GOLDEN / "whole-pipeline" / "definition.json").read_text("utf-8")), with_details=whole
    )


def ways(flow: Flow) -> set[tuple[str, str, str]]:
    return {(edge.source, edge.label, edge.target) for edge in flow.edges}


def machine(start: str, **states: dict[str, Any]) -> dict[str, Any]:
    return {"StartAt": start, "States": states}


def test_the_main_way_is_what_a_slide_needs() -> None:
    flow = whole_pipeline()
    assert [node.name for node in flow.nodes][:3] == ["preprocess", "train", "evaluate"]
    assert {("preprocess", "", "train"), ("gate", "yes", "register"), ("gate", "otherwise", "not registered")} <= ways(
        flow
    )
    assert not {node.kind for node in flow.nodes} & {"failure", "pass"}
    assert {node.kind for node in flow.nodes if node.name in {"registered", "not registered"}} == {"end"}


def test_the_gate_names_the_metrics_of_evaluation_json_and_jobs_their_machines() -> None:
    nodes = {node.name: node for node in whole_pipeline().nodes}
    assert nodes["train"].kind == "training"
    assert all(" × " in nodes[step].lines[-1] for step in ("preprocess", "train", "evaluate"))
    assert nodes["gate"].lines
    assert all("≥" in line or "≤" in line or "<" in line or ">" in line for line in nodes["gate"].lines)
    assert not any("m0" in line for line in nodes["gate"].lines)


def test_a_job_names_all_types_among_which_sagemaker_chooses() -> None:
    preferences = [{"InstanceType": "ml.g5.xlarge"}, {"InstanceType": "ml.p3.2xlarge"}]
    request = {"ResourceConfig": {"InstancePreferences": preferences, "InstanceCount": 2}}
    resource = "arn:aws:states:::sagemaker:createTrainingJob.sync"
    train = {"Type": "Task", "Resource": resource, "Parameters": request, "End": True}
    (node,) = build_flow(machine("train", train=train)).nodes
    assert node.lines == ("ml.g5.xlarge or ml.p3.2xlarge × 2",)


def test_all_states_are_drawn_when_asked_for() -> None:
    flow = whole_pipeline(whole=True)
    definition = json.loads((GOLDEN / "whole-pipeline" / "definition.json").read_text("utf-8"))
    assert {node.name for node in flow.nodes} == set(definition["States"])
    assert ("train completed?", "yes", "train did not complete") in ways(flow)


def test_branches_part_and_meet_and_errors_have_their_way() -> None:
    branches = [machine("a", a={"Type": "Wait", "End": True}), machine("b", b={"Type": "Task", "End": True})]
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "tell"}]
    both = {"Type": "Parallel", "Branches": branches, "Next": "done", "Catch": catch}
    flow = build_flow(
        machine("both", both=both, done={"Type": "Succeed"}, tell={"Type": "Task", "End": True}), with_details=True
    )
    assert ways(flow) == {
        ("both", "", "a"),
        ("both", "", "b"),
        ("a", "", "done"),
        ("b", "", "done"),
        ("both", "on error", "tell"),
    }


def test_arrows_lead_past_what_is_left_out_even_at_the_start() -> None:
    look = {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsPresent": True, "Next": "work"}], "Default": "no"}
    fail = {"Type": "Fail"}
    flow = build_flow(
        machine("set", set={"Type": "Pass", "Next": "look"}, look=look, work={"Type": "Task", "End": True}, no=fail)
    )
    assert [node.name for node in flow.nodes] == ["work"]
    assert flow.edges == ()


def task(**members: Any) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::sagemaker:createProcessingJob.sync",
        "Parameters": {},
        **members,
    }


def branch(name: str, *, last: dict[str, Any] | None = None) -> dict[str, Any]:
    """A step as `run_job` builds it: a job, the choice after it, and the state that ends the branch."""
    rule = {"Not": {"Variable": f"$.jobs.{name}.status", "StringEquals": "Completed"}}
    states = {
        name: task(Next=f"{name} completed?"),
        f"{name} completed?": {
            "Type": "Choice",
            "Choices": [{**rule, "Next": f"{name} did not complete"}],
            "Default": f"{name} done",
        },
        f"{name} did not complete": {"Type": "Fail"},
        f"{name} done": last or {"Type": "Succeed"},
    }
    return {"StartAt": name, "States": states}


def parallel(*branches: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {"Type": "Parallel", "Branches": branches, **members}


def test_nested_branches_are_drawn_as_the_steps_that_wait_for_each_other() -> None:
    inner = branch("embed", last=parallel(branch("rank"), branch("sort"), End=True))
    states = {
        "start": {"Type": "Pass", "Next": "clean"},
        "clean": task(Next="split and embed"),
        "split and embed": parallel(branch("split"), inner, Next="train"),
        "train": task(Next="registered"),
        "registered": {"Type": "Succeed"},
    }
    flow = build_flow({"StartAt": "start", "States": states})
    assert [node.name for node in flow.nodes] == ["clean", "split", "embed", "rank", "sort", "train", "registered"]
    assert [node.kind for node in flow.nodes] == ["processing"] * 6 + ["end"]
    assert ways(flow) == {
        ("clean", "", "split"),
        ("clean", "", "embed"),
        ("embed", "", "rank"),
        ("embed", "", "sort"),
        ("split", "", "train"),
        ("rank", "", "train"),
        ("sort", "", "train"),
        ("train", "", "registered"),
    }


def test_a_wait_that_need_not_be_is_labelled() -> None:
    states = {
        "a and b": parallel(branch("a"), branch("b"), Next="c and d"),
        "c and d": parallel(branch("c"), branch("d"), End=True),
    }
    flow = build_flow(machine("a and b", **states), extra_waits={"c": ("b",)})
    assert [node.name for node in flow.nodes] == ["a", "b", "c", "d"]
    assert ways(flow) == {("a", "", "c"), ("a", "", "d"), ("b", "extra wait", "c"), ("b", "", "d")}


def test_a_parallel_state_that_catches_errors_is_drawn() -> None:
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "tell"}]
    flow = build_flow(machine("both", both=parallel(branch("a"), Catch=catch, Next="tell"), tell=task(End=True)))
    assert {node.name: node.kind for node in flow.nodes}["both"] == "fork"
    assert ("both", "on error", "tell") in ways(flow)


def test_a_step_that_waits_for_capacity_has_no_arrow_to_itself() -> None:
    definition = json.loads((GOLDEN / "wait-for-capacity" / "definition.json").read_text("utf-8"))
    flow = build_flow(definition)
    assert [node.name for node in flow.nodes][:4] == ["preprocess", "train", "evaluate", "decide"]
    assert {("preprocess", "", "train"), ("train", "", "evaluate")} <= ways(flow)
    assert [edge for edge in flow.edges if edge.source == edge.target] == []
    whole = build_flow(definition, with_details=True)
    assert ("train", "on error", "train may wait?") in ways(whole)
