"""Whether a push would only repeat an earlier run: all that decides the run is the same, and no job would run. Pure.

In: the record of a run that is about to start, and the reuse index of its model. Out: the earlier run.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pushtrain.hashes import fingerprint, hash_files
from pushtrain.record import RunRecord, SameRun

if TYPE_CHECKING:
    from pushtrain.reuse.index import ReuseIndex


def build_run_key(record: RunRecord, definition: str) -> str | None:
    """Return one key for all that a run does: its code, config.yaml, definition, data and images.

    None if a step has no `cache`, or no key: such a run is never skipped. Who pushed, and which commit, do not count.
    """
    if not all(step.is_cached and record.step_keys[name] for name, step in record.steps.items()):
        return None
    return fingerprint(
        definition,
        record.config.sha256,
        hash_files(record.files.items()),
        json.dumps(record.step_keys, sort_keys=True),
        json.dumps(record.experiment, sort_keys=True, ensure_ascii=False),
        *_describe_champion(record),
    )


def _describe_champion(record: RunRecord) -> tuple[str, ...]:
    """Return what the comparison with the champion depends on; empty if there is none."""
    if record.without_champion:
        return ("without champion",)
    return (json.dumps([record.champion.uri, record.champion.image]),) if record.champion else ()


def find_same_run(record: RunRecord, index: ReuseIndex) -> SameRun | None:
    """Return the earlier run that a run would repeat; None if it would do anything new.

    It repeats the run only if it reuses every step, and from the same jobs as that run.
    """
    jobs = {step: job.name for step, job in record.reused_jobs.items()}
    if record.run_key is None or jobs.keys() != record.steps.keys():
        return None
    finished = index.find_run(record.environment, record.run_key)
    if finished is None or finished.jobs != jobs or finished.run == record.run:
        return None
    return SameRun(run=finished.run, outcome=finished.outcome, model_version=finished.model_version)
