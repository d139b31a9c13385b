"""Import moto quickly: leave out the parts that pushtrain does not need.

In: nothing. Out: moto's S3, SageMaker and Step Functions in sys.modules. Nothing in moto is changed.
"""

from __future__ import annotations

import importlib
import sys
from enum import StrEnum
from types import ModuleType

from pushtrain.errors import LocalError

REQUIRED_MODULES = (
    "moto.core.models",
    "moto.s3.responses",
    "moto.sagemaker.responses",
    "moto.stepfunctions.responses",
    "moto.stepfunctions.parser.models",
)
# moto's Step Functions interpreter imports AWS Batch only for its job statuses. That also imports all of EC2 (0.8 s),
# so a small module with the statuses takes the place of this one during the import.
BATCH = "moto.batch.utils"


class JobStatus(StrEnum):
    """The job statuses of AWS Batch, as in moto.batch.utils."""

    SUBMITTED = "SUBMITTED"
    PENDING = "PENDING"
    RUNNABLE = "RUNNABLE"
    STARTING = "STARTING"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


def import_moto() -> None:
    """Import moto. Raises LocalError if the extra `pushtrain[local]` is not installed."""
    substitute = ModuleType(BATCH)
    substitute.JobStatus = JobStatus  # type: ignore[attr-defined]
    is_substituted = sys.modules.setdefault(BATCH, substitute) is substitute
    try:
        for name in REQUIRED_MODULES:
            importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise LocalError(
            f"embedded AWS is not installed ({error.name} is missing): pip install 'pushtrain[local]'"
        ) from error
    finally:
        if is_substituted:
            del sys.modules[BATCH]
