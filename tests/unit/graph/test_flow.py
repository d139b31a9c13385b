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
