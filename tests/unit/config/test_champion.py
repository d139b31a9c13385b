"""How a run evaluates the champion: once, or as the candidate that it was."""

from __future__ import annotations

from pushtrain.config import compares_champion, list_champion_evaluations
from tests.unit.config.sample_configs import load

GATE = "register: {when: [{metric: auc, at_least: champion + 0.002}]}\n"
HEAD = """\
model: churn
data: {raw: s3://lake/churn/}
train: {framework: sklearn 1.2-1}
evaluate: {framework: sklearn 1.2-1, inputs: [data.raw]}
"""
CANDIDATES = "choose: {maximize: auc}\ncandidates:\n  base: {}\n  boost: {train: {script: boost.py}%s}\n"


def test_a_gate_of_numbers_has_no_champion() -> None:
    config = load(f"{HEAD}register: {{when: [{{metric: auc, at_least: 0.9}}]}}\n")
    assert (compares_champion(config), list_champion_evaluations(config)) == (False, ())


def test_the_evaluation_step_evaluates_the_champion() -> None:
    (evaluation,) = list_champion_evaluations(load(HEAD + GATE))
    assert (evaluation.name, evaluation.step.name, evaluation.candidate) == ("champion", "evaluate", "")
    assert (str(evaluation.model), str(evaluation.evaluation)) == ("train.model", "evaluate.evaluation")


def test_candidates_that_are_evaluated_alike_have_one_evaluation() -> None:
    (evaluation,) = list_champion_evaluations(load(HEAD + GATE + CANDIDATES % ""))
    assert (evaluation.name, evaluation.step.name, evaluation.candidate) == ("champion", "base-evaluate", "")


def test_candidates_that_are_evaluated_in_different_ways_have_one_each() -> None:
    config = load(HEAD + GATE + CANDIDATES % ", evaluate: {script: other.py}")
    assert [(entry.name, entry.step.name, entry.candidate) for entry in list_champion_evaluations(config)] == [
        ("champion-base", "base-evaluate", "base"),
        ("champion-boost", "boost-evaluate", "boost"),
    ]


def test_candidates_with_test_data_of_their_own_have_one_each() -> None:
    own_data = HEAD.replace("inputs: [data.raw]", "inputs: [split.test]").replace(
        "evaluate:", "steps: {split: {script: split.py, framework: sklearn 1.2-1, outputs: [test]}}\nevaluate:"
    )
    config = load(own_data + GATE + CANDIDATES % ", steps: {split: {script: split_boost.py}}")
    assert [entry.name for entry in list_champion_evaluations(config)] == ["champion-base", "champion-boost"]
