"""Import moto quickly: leave out the parts that pushtrain does not need, or not yet.

In: nothing. Out: moto's S3, SageMaker and Step Functions in sys.modules, or only its interpreter of Amazon States
Language. Nothing in moto is changed.
"""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from importlib.machinery import PathFinder
from types import ModuleType
from typing import Any

from pushtrain.errors import LocalError
from pushtrain.local.stand_in_modules import StandIn, build_bare_package, remove_modules, replace_modules

REQUIRED_MODULES = (
    "moto.core.models",
    "moto.s3.responses",
    "moto.sagemaker.responses",
    "moto.stepfunctions.responses",
)
INTERPRETER_MODULES = (
    "moto.stepfunctions.parser.asl.parse.preprocessor",
    "moto.stepfunctions.parser.backend.execution",
    "moto.stepfunctions.parser.backend.execution_worker",
)
# moto's interpreter is 0.2 s of imports. It imports 1 s more (decision 65): packages whose `__init__` imports all of
# moto and boto3, and modules for tasks that pushtrain does itself, or that few definitions have.
PACKAGES = ("moto", "moto.batch", "moto.core", "moto.logs", "moto.moto_api", "moto.stepfunctions")
OF_MOTO = (
    "moto.core.exceptions",
    "moto.core.models",
    "moto.core.utils",
    "moto.logs.models",
    "moto.moto_api._internal",
    "moto.settings",
)
OF_OTHERS = ("boto3", "botocore.client", "botocore.config", "botocore.model", "botocore.response", "requests")
BATCH = "moto.batch.utils"  # imports all of EC2 (0.8 s), also where the whole of moto is imported
_importing = threading.RLock()
_stand_ins: list[ModuleType] = []  # of modules of moto, until moto itself is imported


class JobStatus(StrEnum):
    """The job statuses of AWS Batch, as in moto.batch.utils."""

    SUBMITTED = "SUBMITTED"
    PENDING = "PENDING"
    RUNNABLE = "RUNNABLE"
    STARTING = "STARTING"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


class AwsError(Exception):
    """The base class of errors in moto's interpreter, in place of moto.core.exceptions.AWSError."""

    def __init__(self, message: str = "", *_: Any) -> None:
        super().__init__(message)
        self.message = message


def format_milliseconds(time: datetime) -> str:
    """Return a time as moto.core.utils.iso_8601_datetime_with_milliseconds does: 2026-11-28T18:40:00.123Z."""
    return f"{time:%Y-%m-%dT%H:%M:%S}.{time.microsecond // 1000:03d}Z"


NAMES: Mapping[str, Mapping[str, Any]] = {
    "moto.core.exceptions": {"AWSError": AwsError},
    "moto.core.utils": {"iso_8601_datetime_with_milliseconds": format_milliseconds},
    BATCH: {JobStatus.__name__: JobStatus},
}


def require_moto() -> None:
    """Raise LocalError if the extra `pushtrain[local]` is not installed. Imports nothing."""
    if "moto" not in sys.modules and PathFinder.find_spec("moto") is None:
        raise _missing_error(ModuleNotFoundError(name="moto"))


def import_moto() -> None:
    """Import moto without its interpreter. Raises LocalError if the extra `pushtrain[local]` is not installed."""
    with _importing:
        remove_modules(_stand_ins)
        if _stand_ins:
            sys.modules.pop("moto.stepfunctions.exceptions", None)  # its classes have AwsError as their base
        _stand_ins.clear()
        with replace_modules([_build_stand_in(BATCH)]):
            _import_modules(REQUIRED_MODULES)


def import_interpreter() -> None:
    """Import moto's interpreter of Amazon States Language, without the rest of moto if that is not imported yet.

    Raises LocalError as `import_moto` does.
    """
    with _importing:
        others = [_build_stand_in(BATCH)]
        if "moto" not in sys.modules:
            _add_stand_ins()
            others += [_build_stand_in(name) for name in OF_OTHERS]
        with replace_modules(others):
            _import_modules(INTERPRETER_MODULES)


def _add_stand_ins() -> None:
    """Put stand-ins for modules of moto into sys.modules, where they stay until `import_moto`."""
    try:
        for name in PACKAGES:
            _stand_ins.append(build_bare_package(name))
            sys.modules[name] = _stand_ins[-1]
    except ModuleNotFoundError as error:
        remove_modules(_stand_ins)
        raise _missing_error(error) from error
    for name in OF_MOTO:
        _stand_ins.append(_build_stand_in(name))
        sys.modules[name] = _stand_ins[-1]


def _build_stand_in(name: str) -> StandIn:
    return StandIn(name, import_moto, NAMES.get(name, {}))


def _import_modules(names: Iterable[str]) -> None:
    try:
        for name in names:
            importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise _missing_error(error) from error


def _missing_error(error: ModuleNotFoundError) -> LocalError:
    return LocalError(f"embedded AWS is not installed ({error.name} is missing): pip install 'pushtrain[local]'")
