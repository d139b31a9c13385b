"""Imports moto without the parts nobody here needs, because starting is what a person waits for.

In: nothing. Out: moto's S3, SageMaker and Step Functions in sys.modules. It changes nothing of moto.
"""

from __future__ import annotations

import importlib
import sys
from enum import StrEnum
from types import ModuleType

from pushtrain.errors import LocalError

NEEDED = (
    "moto.core.models",
    "moto.s3.responses",
    "moto.sagemaker.responses",
    "moto.stepfunctions.responses",
    "moto.stepfunctions.parser.models",
)
# The Step Functions interpreter imports AWS Batch for the names of a job's statuses, and with it all of EC2: 0.8 s.
BATCH = "moto.batch.utils"


class JobStatus(StrEnum):
    """AWS Batch JobStatus, as moto.batch.utils has it."""

    SUBMITTED = "SUBMITTED"
    PENDING = "PENDING"
    RUNNABLE = "RUNNABLE"
    STARTING = "STARTING"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


def import_moto() -> None:
    """Raises LocalError when the extra `local` is not installed."""
    statuses = ModuleType(BATCH)
    statuses.JobStatus = JobStatus  # type: ignore[attr-defined]
    stands_in = sys.modules.setdefault(BATCH, statuses) is statuses
    try:
        for name in NEEDED:
            importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise LocalError(
            f"embedded AWS is not installed ({error.name} is missing): pip install 'pushtrain[local]'"
        ) from error
    finally:
        if stands_in:
            del sys.modules[BATCH]
