"""The states of candidates; tests/golden/definitions/candidates has the whole definition."""

from __future__ import annotations

from typing import Any

from pushtrain.config import load_config
from pushtrain.platform import Platform
from pushtrain.workflow import compile_workflow
from pushtrain.workflow.candidates import run_candidates

CONFIG = """
model: churn
data: {raw: s3://lake/raw/}
defaults: {framework: sklearn 1.2-1}
preprocess: {}
train: {}
evaluate: {}
candidates: {base: {}, deep-tree: {train: {hyperparameters: {depth: 9}}}}
choose: {maximize: auc}
"""
REGISTER = "register: {when: [{metric: auc, at_least: 0.5}]}\n"


def build_states(config: str = CONFIG + REGISTER) -> dict[str, Any]:
    states: dict[str, Any] = compile_workflow(load_config(config.encode()).config, Platform.local())["States"]
    return states


def test_each_candidate_fails_by_itself() -> None:
    state = build_states()["all candidates"]
    assert [branch["StartAt"] for branch in state["Branches"]] == ["candidate base", "candidate deep-tree"]
    assert (state["ResultSelector"], state["ResultPath"]) == (
        {"base.$": "$[0]", "deep_tree.$": "$[1]"},
        "$.candidates",
    )
    candidate, failed = state["Branches"][1]["States"].values()
    assert candidate["Catch"] == [{"ErrorEquals": ["States.ALL"], "Next": "candidate deep-tree failed"}]
    assert next(iter(candidate["Branches"][0]["States"])) == "deep-tree-train"
    assert candidate["ResultSelector"] == {
        "jobs": {
            "deep_tree_train.$": "$[0].jobs.deep_tree_train",
            "deep_tree_evaluate.$": "$[0].jobs.deep_tree_evaluate",
        }
    }
    assert failed == {"Type": "Pass", "Parameters": {"error.$": "$.Error"}, "End": True}


def test_a_run_without_a_candidate_left_fails_also_without_a_gate() -> None:
    states = build_states(CONFIG)
    assert states["all candidates"]["Next"] == "candidate left?"
    (rule,) = states["candidate left?"]["Choices"]
    assert rule["And"] == [
        {"Variable": "$.candidates.base.jobs", "IsPresent": False},
        {"Variable": "$.candidates.deep_tree.jobs", "IsPresent": False},
    ]
    assert states["no candidate left"]["Error"] == "AllCandidatesFailed"
    assert states["no candidate left"]["Cause"].startswith("Every candidate failed: base, deep-tree. This run cannot")
    assert "decide" not in states


def test_the_winner_is_registered_as_it_is_served() -> None:
    states = build_states()
    assert states["base won?"]["Choices"] == [
        {"Variable": "$.verdict.candidate", "StringEquals": "base", "Next": "register base"}
    ]
    assert states["base won?"]["Default"] == "register deep-tree"
    container = states["register deep-tree"]["Parameters"]["InferenceSpecification"]["Containers"][0]
    assert "$.candidates.deep_tree.jobs.deep_tree_train.prefix" in container["ModelDataUrl.$"]
    assert states["registered"]["Parameters"]["candidate.$"] == "$.verdict.candidate"


def test_a_model_without_candidates_has_none_of_these_states() -> None:
    assert run_candidates([]).states == {}
