"""The jobs of a run as lines for people: time, instances, and the trials of a search. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from click import style

from pushtrain.catalog.job_fields import is_spot, read_instances
from pushtrain.cli.terminal.progress import format_duration
from pushtrain.cli.terminal.trial_text import format_trials
from pushtrain.runs import Job

if TYPE_CHECKING:
    from pushtrain.runs import ReusedSearch


def list_job_lines(jobs: Iterable[Job], width: int) -> Iterator[str]:
    """Yield a line for each job, one for its name, and its trials. `width` is that of the longest name of a step."""
    for job, attempt in number_attempts(jobs):
        line = f"{job.step:<{width}}  {job.status:<10}  {format_duration(job.seconds):>8}  {_format_job(job, attempt)}"
        yield line.rstrip()
        yield style(f"{'':<{width}}  {job.name}", dim=True)
        yield from (f"{'':<{width}}  {trial}" for trial in format_trials(job.trials))


def list_search_lines(searches: Iterable[ReusedSearch], width: int) -> Iterator[str]:
    """Yield a line for each search of an earlier run, and its trials. `width` is that of the longest name of a step."""
    for search in searches:
        yield f"{search.step:<{width}}  trials of run {search.run}"
        yield from (f"{'':<{width}}  {trial}" for trial in format_trials(search.trials))


def number_attempts(jobs: Iterable[Job]) -> Iterator[tuple[Job, int]]:
    """Yield each job with its attempt: 1 for the first job of its step, 2 for the second, and so on."""
    attempts: Counter[str] = Counter()
    for job in jobs:
        attempts[job.step] += 1
        yield job, attempts[job.step]


def describe_instances(job: Job) -> dict[str, Any]:
    """Return the instance type, the number of instances, and if they are spot instances.

    Type and number are None if SageMaker does not know the job, because it was never created.
    """
    resources = read_instances(job.described)
    spot = is_spot(job.described)
    return {"instance": resources.get("InstanceType"), "instances": resources.get("InstanceCount"), "spot": spot}


def _format_job(job: Job, attempt: int) -> str:
    """Return instances and attempt, such as `ml.g5.xlarge × 2 · spot · try 2`."""
    instances = describe_instances(job)
    count = f" × {instances['instances']}" if (instances["instances"] or 1) > 1 else ""
    parts = (
        f"{instances['instance'] or ''}{count}",
        "spot" if instances["spot"] else "",
        f"try {attempt}" if attempt > 1 else "",
    )
    return " · ".join(filter(None, parts))
