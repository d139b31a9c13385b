"""Why each step of a run with `cache` ran or was reused: read from run records, which were written once. Reads S3."""

from __future__ import annotations

from dataclasses import dataclass

from pushtrain import aws
from pushtrain.platform import Platform
from pushtrain.record import RunRecord
from pushtrain.reuse import explain_step, sort_steps
from pushtrain.runs.evaluation import read_run_record


@dataclass(frozen=True, kw_only=True)
class StepExplanation:
    """A step with `cache`: why it runs, or the earlier run that it is reused from.

    `reason` is empty if it is reused. `run` is the run that it was compared with, empty if there is none, and `ended`
    when that run ended, such as `2026-11-27T08:15:10.123+00:00`. `job` is the job that is reused, empty if the step
    runs.
    """

    step: str
    reason: str
    run: str
    ended: str
    job: str


def explain_run(platform: Platform, model: str, run: str) -> tuple[StepExplanation, ...]:
    """Return an explanation for each step of a run that has `cache`; none if the record of the run is gone."""
    record = read_run_record(platform, model, run)
    return explain_record(platform, record) if record else ()


def explain_record(platform: Platform, record: RunRecord) -> tuple[StepExplanation, ...]:
    """Return an explanation for each step with `cache`, each after those it reads from."""
    s3 = aws.client("s3", platform.region)
    runs = dict.fromkeys(reuse.run for reuse in record.reuse.values() if reuse.run and not reuse.job)
    earlier = {run: read_run_record(platform, record.model, run, s3) for run in runs}
    return tuple(
        StepExplanation(
            step=step,
            reason=explain_step(record, step, earlier.get(reuse.run)),
            run=reuse.run,
            ended=reuse.ended,
            job=reuse.job.name if reuse.job else "",
        )
        for step in sort_steps(record)
        if (reuse := record.reuse.get(step))
    )
