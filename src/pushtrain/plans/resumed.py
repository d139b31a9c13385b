"""The steps that a push would continue from checkpoints of an earlier run. Reads S3, changes nothing."""

from __future__ import annotations

from typing import Any

from pushtrain.launch.checkpoints import find_checkpoints, list_checkpoint_steps
from pushtrain.platform import Platform
from pushtrain.record import RunRecord


def find_resumed_steps(s3: Any, record: RunRecord, platform: Platform) -> dict[str, str]:
    """Return, for each step that a push would continue, the run in whose folder its checkpoints lie.

    `record` is that of `plan_reuse`. A push decides it anew: another one may be faster. Raises AWS's errors unchanged.
    """
    steps = [step for step in list_checkpoint_steps(record) if step not in record.reused_jobs]
    documents = {step: find_checkpoints(s3, record, step, platform)[0] for step in steps}
    return {step: document.checkpoints for step, document in documents.items() if document and document.checkpoints}
