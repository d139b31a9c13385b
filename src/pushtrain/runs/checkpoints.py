"""The end of a run -> the checkpoints that the next run with the same step keys continues.

In: a Run that has ended. Out: a document for each step that saves checkpoints and did not finish; see
`launch.checkpoints`, which reads it.
"""

from __future__ import annotations

from typing import Any

from pushtrain import aws
from pushtrain.errors import OperatorError
from pushtrain.launch.checkpoints import list_checkpoint_steps, read_unfinished_step, write_unfinished_step
from pushtrain.platform import Platform
from pushtrain.record import RunRecord, UnfinishedStep
from pushtrain.runs.evaluation import read_run_record
from pushtrain.runs.model import Run

ATTEMPTS = 10  # another run of the model may end at the same moment


def record_checkpoints(platform: Platform, run: Run) -> None:
    """Note for each step of a run that has ended whose checkpoints can be continued.

    Raises OperatorError if other processes write the document all the time: the event is then delivered again.
    """
    if record := read_run_record(platform, run.model, run.run):
        for step in list_checkpoint_steps(record):
            _record_step(aws.client("s3", platform.region), platform, run, record, step)


def find_successor(platform: Platform, run: Run) -> str:
    """Return the run that continues the checkpoints of a run, and writes into their folder; empty if none does."""
    if (record := read_run_record(platform, run.model, run.run)) is None:
        return ""
    s3 = aws.client("s3", platform.region)
    for step in list_checkpoint_steps(record):
        document, _ = read_unfinished_step(s3, record, step, platform)
        if document and (successor := document.find_successor(run.run, record.checkpoints[step])):
            return successor
    return ""


def _record_step(s3: Any, platform: Platform, run: Run, record: RunRecord, step: str) -> None:
    """Write the document about a step, unless this end changes nothing."""
    jobs = [job for job in run.jobs if job.step == step and job.kind.start_member in job.described]
    is_finished = bool(jobs) and jobs[-1].status == "Completed"
    folder = None if is_finished else record.checkpoints[step]
    for _ in range(ATTEMPTS):
        document, condition = read_unfinished_step(s3, record, step, platform)
        has_checkpoints = bool(jobs) or step in record.resumed_from
        if not has_checkpoints or (document is None and is_finished):
            return  # nothing to continue, and nothing that must not be continued any more
        changed = (document or UnfinishedStep(runs=(), checkpoints=None)).add_end(run.run, folder)
        if changed == document or write_unfinished_step(s3, record, step, changed, condition, platform):
            return
    raise OperatorError(f"the checkpoints of {step} of run {run.run} could not be noted: other runs end all the time")
