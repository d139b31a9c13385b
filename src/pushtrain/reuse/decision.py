"""Decide for each step of a run if an earlier job stands in for it. Pure, except for what `find_fault` reads.

In: the steps with their keys, and the reuse index of the model. Out: a RecordedReuse for each step with `cache`. A step
is reused only if the jobs that it reads from are those that the earlier job has read from: to train again may give
another model, although the key of the step is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from pushtrain.config.values.units import format_duration
from pushtrain.record import RecordedReuse, ReusedJob
from pushtrain.reuse.index import ReusableJob, ReuseIndex

if TYPE_CHECKING:
    from pushtrain.config import Step
    from pushtrain.reuse.step_key import StepKey

ALL_STEPS = "*"  # in `fresh`
COMPLETED = "Completed"  # the status of every job in the index
FORGOTTEN = "the earlier result was forgotten with `pushtrain cache forget`"
CHANGED_OUTPUTS = "the outputs of the earlier job changed or are gone"
UNKNOWN_KEY = "the content of its data or its image is not known"


class ReuseRequest(Struct, frozen=True, kw_only=True):
    """What is known when a run is about to start. `fresh` are the steps that must run, or ALL_STEPS."""

    environment: str
    now: datetime
    fresh: frozenset[str] = frozenset()

    def is_fresh(self, step: str) -> bool:
        """True if the push wants the step to run."""
        return bool(self.fresh & {step, ALL_STEPS})


def decide_reuse(
    steps: Iterable[Step],
    keys: Mapping[str, StepKey],
    index: ReuseIndex,
    request: ReuseRequest,
    *,
    find_fault: Callable[[ReusableJob], str],
) -> dict[str, RecordedReuse]:
    """Return the decision for each step with `cache`, by its name. `steps` has each step after those it reads from.

    `find_fault` says why the result of a job must not be used: FORGOTTEN or CHANGED_OUTPUTS; empty if it may.
    """
    decisions: dict[str, RecordedReuse] = {}
    for step in steps:
        if step.settings.is_cached:
            decisions[step.name] = _decide(step, keys[step.name], index, request, decisions, find_fault)
    return decisions


def _decide(
    step: Step,
    key: StepKey,
    index: ReuseIndex,
    request: ReuseRequest,
    decisions: Mapping[str, RecordedReuse],
    find_fault: Callable[[ReusableJob], str],
) -> RecordedReuse:
    if key.key is None:
        return RecordedReuse(hindrance=UNKNOWN_KEY)
    job = index.find_job(request.environment, step.name, key.key)
    if job is None:
        nearest = index.find_nearest(request.environment, step.name, key.parts)
        return RecordedReuse(run=nearest.run, ended=nearest.ended) if nearest else RecordedReuse()
    if hindrance := _find_hindrance(step, job, request, decisions, find_fault):
        return RecordedReuse(run=job.run, ended=job.ended, hindrance=hindrance)
    return RecordedReuse(
        run=job.run, ended=job.ended, job=ReusedJob(name=job.name, status=COMPLETED, arn=job.arn, prefix=job.prefix)
    )


def _find_hindrance(
    step: Step,
    job: ReusableJob,
    request: ReuseRequest,
    decisions: Mapping[str, RecordedReuse],
    find_fault: Callable[[ReusableJob], str],
) -> str:
    """Return why a job with the same key does not stand in for a step; empty if it does."""
    if request.is_fresh(step.name):
        return "--fresh"
    age = step.settings.cache
    if age is not True and datetime.fromisoformat(job.ended) + timedelta(seconds=age) < request.now:
        return f"the earlier result is older than {format_duration(age)}"
    for source in sorted({entry.source.step for entry in step.inputs if entry.source.step}):
        decision = decisions.get(source)
        if decision is None or decision.job is None:
            return f"{source} runs"
        if decision.job.name != job.sources.get(source):
            return f"{source} ran again after the earlier result"
    return find_fault(job)
