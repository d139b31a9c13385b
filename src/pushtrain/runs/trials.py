"""Read the trials of a tuning job from SageMaker. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pushtrain.catalog import tuning_job
from pushtrain.catalog.job_fields import read_output_job
from pushtrain.catalog.job_kinds import TRAINING, TUNING
from pushtrain.record import Trial, decode_hyperparameter


def read_trials(sagemaker: Any, described: Mapping[str, Any]) -> tuple[Trial, ...]:
    """Return the trials of a tuning job in the order of their start. `described` is its response of Describe."""
    best = read_output_job(TUNING, described)
    summaries = list(_list_summaries(sagemaker, described[TUNING.name_member]))
    ranked = sorted(_select_ranked(summaries, best))
    ranks = {name: rank for rank, (*_, name) in enumerate(ranked, 1)}
    return tuple(_build_trial(number, entry, ranks, best) for number, entry in enumerate(summaries, 1))


def sort_trials(trials: Iterable[Trial]) -> list[Trial]:
    """Return the trials from the best to the worst, then those without a value, in the order of their start."""
    return sorted(trials, key=lambda trial: (trial.rank is None, trial.rank or 0, trial.number))


def _list_summaries(sagemaker: Any, name: str) -> Iterator[Mapping[str, Any]]:
    order = {"SortBy": "CreationTime", "SortOrder": "Ascending"}
    for page in sagemaker.get_paginator(tuning_job.LIST_TRIALS_METHOD).paginate(**{TUNING.name_member: name}, **order):
        yield from page[TRAINING.summaries_member]


def _select_ranked(summaries: Iterable[Mapping[str, Any]], best: str) -> Iterator[tuple[bool, float, int, str]]:
    """Yield a sort key of each trial with a value, which ends with its name. SageMaker's best one is the first."""
    for number, summary in enumerate(summaries):
        if objective := summary.get(tuning_job.FINAL_OBJECTIVE):
            sign, name = -1 if objective.get("Type") == "Maximize" else 1, summary[TRAINING.name_member]
            yield name != best, sign * objective["Value"], number, name


def _build_trial(number: int, summary: Mapping[str, Any], ranks: Mapping[str, int], best: str) -> Trial:
    start, end = summary.get(TRAINING.start_member), summary.get(TRAINING.end_member)
    objective = summary.get(tuning_job.FINAL_OBJECTIVE) or {}
    tuned = summary.get("TunedHyperParameters") or {}
    return Trial(
        number=number,
        name=summary[TRAINING.name_member],
        arn=summary[TRAINING.arn_member],
        status=summary[TRAINING.status_member],
        seconds=round((end - start).total_seconds(), 3) if start and end else 0.0,
        metric=objective.get("MetricName", ""),
        value=objective.get("Value"),
        rank=ranks.get(summary[TRAINING.name_member]),
        hyperparameters={key: decode_hyperparameter(text) for key, text in sorted(tuned.items())},
        reason=summary.get("FailureReason", ""),
        is_best=summary[TRAINING.name_member] == best,
    )
