"""Import moto quickly: leave out the parts that pushtrain does not need, or not yet.

In: nothing. Out: moto's S3, SageMaker and Step Functions in sys.modules. Nothing in moto is changed.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable
from enum import StrEnum
from types import ModuleType

from pushtrain.errors import LocalError

REQUIRED_MODULES = (
    "moto.core.models",
    "moto.s3.responses",
    "moto.sagemaker.responses",
    "moto.stepfunctions.responses",
)
INTERPRETER_MODULES = ("moto.stepfunctions.parser.models",)  # 0.2 s; only commands that start runs need it
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
    """Import moto without its interpreter. Raises LocalError if the extra `pushtrain[local]` is not installed."""
    _import_modules(REQUIRED_MODULES)


def import_interpreter() -> None:
    """Import moto's interpreter of Amazon States Language. Raises LocalError as `import_moto` does."""
    _import_modules(INTERPRETER_MODULES)


def _import_modules(names: Iterable[str]) -> None:
    substitute = ModuleType(BATCH)
    substitute.JobStatus = JobStatus  # type: ignore[attr-defined]
    is_substituted = sys.modules.setdefault(BATCH, substitute) is substitute
    try:
        for name in names:
            importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise LocalError(
            f"embedded AWS is not installed ({error.name} is missing): pip install 'pushtrain[local]'"
        ) from error
    finally:
        if is_substituted:
            del sys.modules[BATCH]
