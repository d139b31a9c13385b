"""Candidates as steps: which steps each has for itself, which all share, and what prevents a comparison."""

from __future__ import annotations

import pytest

from pushtrain.config import (
    find_candidate,
    find_candidate_evaluation,
    find_candidate_model,
    find_inputs_path,
    find_step_path,
    list_evaluation_sources,
    list_steps,
    list_variants,
    load_config,
    select_variant,
)
from pushtrain.errors import ConfigError
from tests.unit.config.sample_configs import SMALL, load

FILE = """
model: churn
data: {raw: data/}
defaults: {framework: sklearn 1.2-1}
preprocess: {}
steps:
  profile: {script: profile.py, inputs: [data.raw]}
  explain: {script: explain.py, inputs: [train.model]}
train: {inputs: {train: preprocess.train}}
evaluate: {}
choose: {maximize: auc}
"""


def list_sources(text: str) -> dict[str, list[str]]:
    """Return step -> its sources."""
    return {step.name: [str(entry.source) for entry in step.inputs] for step in list_steps(load(FILE + text))}


def test_training_evaluation_and_what_reads_from_them_run_for_each_candidate() -> None:
    assert list_sources("candidates: {a: {}, b: {train: {spot: true}}}") == {
        "preprocess": ["data.raw"],
        "profile": ["data.raw"],
        "a-train": ["preprocess.train"],
        "a-explain": ["a-train.model"],
        "a-evaluate": ["a-train.model", "preprocess.test"],
        "b-train": ["preprocess.train"],
        "b-explain": ["b-train.model"],
        "b-evaluate": ["b-train.model", "preprocess.test"],
    }


def test_a_step_that_differs_runs_for_each_candidate_and_so_do_those_after_it() -> None:
    steps = list_sources("candidates: {a: {}, b: {preprocess: {script: other.py}}}")
    assert list(steps)[:2] == ["profile", "a-preprocess"]
    assert steps["b-train"] == ["b-preprocess.train"]


def test_a_candidate_may_lack_a_step() -> None:
    steps = list_sources("candidates: {a: {}, b: {steps: {explain: null}}}")
    assert ("a-explain" in steps, "b-explain" in steps) == (True, False)


def test_candidates_start_after_all_shared_steps() -> None:
    steps = {step.name: step for step in list_steps(load(FILE + "candidates: {a: {}, b: {}}"))}
    assert steps["a-train"].predecessors == {"preprocess", "profile"}
    assert (steps["a-train"].candidate, steps["profile"].candidate) == ("a", "")


def test_the_keys_of_a_step_lead_to_its_candidate() -> None:
    config = load(FILE + "candidates: {a: {}, b: {}}")
    steps = {step.name: step for step in list_steps(config)}
    assert find_step_path(config, "a-train") == ("candidates", "a", "train")
    assert find_step_path(config, "b-explain") == ("candidates", "b", "steps", "explain")
    assert find_step_path(config, "profile") == ("steps", "profile")
    assert find_inputs_path(steps["a-train"]) == ("candidates", "a", "train", "inputs")


def test_sources_of_a_candidate_have_the_names_of_the_run() -> None:
    config = load(FILE + "candidates: {a: {}, b: {}}")
    candidate = find_candidate(config, "b")
    assert candidate is not None
    assert str(find_candidate_model(candidate)) == "b-train.model"
    assert str(find_candidate_evaluation(candidate)) == "b-evaluate.evaluation"
    assert [source.step for source in list_evaluation_sources(config)] == ["a-evaluate", "b-evaluate"]
    assert find_candidate(config, "c") is None
    assert select_variant(config, "b") is candidate.config
    assert select_variant(config, "") is config


def test_without_candidates_the_config_is_the_only_variant() -> None:
    config = load(SMALL)
    assert [(variant.name, variant.config) for variant in list_variants(config)] == [("", config)]
    assert list_evaluation_sources(config) == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "candidates: {a: {}, b: {evaluate: null}}",
            "candidates.b: has no `evaluate:` step to write evaluation.json, which `choose` compares",
        ),
        (
            "candidates: {a: {}, b: {train: null, evaluate: {inputs: [test]}, steps: {explain: null}}}",
            "candidates.b: has no training step. Every candidate trains a model",
        ),
    ],
)
def test_what_cannot_be_compared_is_refused(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as raised:
        load_config((FILE + text).encode())
    assert message in str(raised.value)


def test_names_of_steps_are_unique_in_the_run() -> None:
    file = FILE.replace("  profile:", "  pro-train:") + "candidates: {pro: {}, con: {}}"
    with pytest.raises(ConfigError) as raised:
        load_config(file.encode())
    message = "another step of the run has the name 'pro-train' of a step of this candidate. Rename it"
    assert [problem.message for problem in raised.value.problems] == [message]
