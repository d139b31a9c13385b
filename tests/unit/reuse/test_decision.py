"""Which steps run although an earlier result is known, and which do not run."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import pytest

from pushtrain.config import list_steps, load_config
from pushtrain.record import RecordedReuse
from pushtrain.reuse import (
    ALL_STEPS,
    CHANGED_OUTPUTS,
    ReusableJob,
    ReuseIndex,
    ReuseRequest,
    StepKey,
    decide_reuse,
)
from tests.unit.reuse.reusable import PARTS, build_job

CONFIG = """
model: churn
data: {raw: s3://lake/raw/}
defaults: {framework: sklearn 1.2-1, cache: 30d}
preprocess: {}
train: {}
evaluate: {}
"""
STEPS = ("preprocess", "train", "evaluate")
SOURCES = {"preprocess": {}, "train": {"preprocess": "preprocess-1"}, "evaluate": {"train": "train-1"}}
SOURCES["evaluate"]["preprocess"] = "preprocess-1"
JOBS = {step: build_job(step=step, key=f"key of {step}", name=f"{step}-1", sources=SOURCES[step]) for step in STEPS}


def decide(
    *,
    config: str = CONFIG,
    jobs: dict[str, ReusableJob] = JOBS,
    keys: dict[str, str | None] | None = None,
    fresh: Collection[str] = (),
    now: str = "2026-11-28T08:00:00+00:00",
    lost: str = "",
) -> dict[str, RecordedReuse]:
    known = {step: f"key of {step}" for step in STEPS} | (keys or {})
    return decide_reuse(
        list_steps(load_config(config.encode()).config),
        {step: StepKey(key=key, parts=PARTS) for step, key in known.items()},
        ReuseIndex(jobs=tuple(jobs.values())),
        ReuseRequest(environment="dev", now=datetime.fromisoformat(now), fresh=frozenset(fresh)),
        find_fault=lambda job: CHANGED_OUTPUTS if job.step == lost else "",
    )


def explain(decisions: dict[str, RecordedReuse]) -> dict[str, str]:
    return {step: decision.job.name if decision.job else decision.hindrance for step, decision in decisions.items()}


def test_steps_with_the_same_keys_are_reused() -> None:
    decisions = decide()
    assert explain(decisions) == {"preprocess": "preprocess-1", "train": "train-1", "evaluate": "evaluate-1"}
    job = decisions["train"].job
    assert job
    assert (job.status, job.arn, job.prefix) == ("Completed", JOBS["train"].arn, JOBS["train"].prefix)
    assert (decisions["train"].run, decisions["train"].ended) == ("r1", JOBS["train"].ended)


def test_a_step_without_cache_is_not_decided_about_and_those_that_read_from_it_run() -> None:
    decisions = decide(config=CONFIG.replace("preprocess: {}", "preprocess: {cache: false}"))
    assert explain(decisions) == {"train": "preprocess runs", "evaluate": "preprocess runs"}


def test_another_key_runs_and_is_compared_with_the_nearest_run() -> None:
    decisions = decide(keys={"train": "other", "evaluate": "other"})
    assert explain(decisions) == {"preprocess": "preprocess-1", "train": "", "evaluate": ""}
    assert (decisions["train"].run, decisions["train"].job) == ("r1", None)
    assert decide(jobs={}) == dict.fromkeys(STEPS, RecordedReuse())


def test_an_unknown_key_is_no_other_key() -> None:
    reason = "the content of its data or its image is not known"
    assert explain(decide(keys=dict.fromkeys(STEPS))) == dict.fromkeys(STEPS, reason)


@pytest.mark.parametrize(
    ("fresh", "reasons"),
    [
        ({ALL_STEPS}, dict.fromkeys(STEPS, "--fresh")),
        ({"train"}, {"preprocess": "preprocess-1", "train": "--fresh", "evaluate": "train runs"}),
        ({"evaluate"}, {"preprocess": "preprocess-1", "train": "train-1", "evaluate": "--fresh"}),
    ],
)
def test_a_fresh_step_runs_and_those_that_read_from_it_too(fresh: set[str], reasons: dict[str, str]) -> None:
    """To train again may give another model, so an evaluation of the earlier one says nothing about it."""
    assert explain(decide(fresh=fresh)) == reasons


def test_an_evaluation_of_another_model_is_not_reused() -> None:
    jobs = JOBS | {"train": build_job(step="train", key="key of train", name="train-2", sources=SOURCES["train"])}
    assert explain(decide(jobs=jobs))["evaluate"] == "train ran again after the earlier result"


def test_a_result_is_reused_until_it_is_too_old() -> None:
    assert explain(decide(now="2026-12-27T07:59:59+00:00"))["train"] == "train-1"
    reason = "the earlier result is older than 30d"
    assert explain(decide(now="2026-12-27T08:00:01+00:00")) == dict.fromkeys(STEPS, reason)
    forever = CONFIG.replace("cache: 30d", "cache: true")
    assert explain(decide(config=forever, now="2036-11-27T08:00:01+00:00"))["train"] == "train-1"


def test_a_result_of_another_environment_is_not_reused() -> None:
    jobs = {step: build_job(step=step, key=f"key of {step}", environment="prod") for step in STEPS}
    assert decide(jobs=jobs) == dict.fromkeys(STEPS, RecordedReuse())


def test_outputs_that_changed_are_not_reused() -> None:
    reason = "the outputs of the earlier job changed or are gone"
    assert explain(decide(lost="train")) == {"preprocess": "preprocess-1", "train": reason, "evaluate": "train runs"}
