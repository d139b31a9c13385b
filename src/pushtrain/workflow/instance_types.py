"""The instance types that jobs of a platform may use. Pure.

In: the `instance_types` of the platform, such as ("ml.m5.*", "ml.g5.xlarge"); without any, jobs may use all types.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from pushtrain.config.issue import format_key_path
from pushtrain.errors import TemplateError
from pushtrain.platform import Platform

if TYPE_CHECKING:
    from pushtrain.config import Step


def check_instance_types(step: Step, platform: Platform) -> None:
    """Raise TemplateError if a step asks for an instance type that the platform does not allow."""
    if problem := find_instance_problem(step.settings.instance_types, platform):
        raise TemplateError(problem, key=f"{format_key_path(step.key_path)}.instance")


def find_instance_problem(types: Iterable[str], platform: Platform) -> str:
    """Return why a job may not run on one of `types`; empty if it may run on all."""
    patterns = platform.instance_types
    refused = [name for name in types if patterns and not any(fnmatchcase(name, pattern) for pattern in patterns)]
    if not refused:
        return ""
    verb = "is no instance type" if len(refused) == 1 else "are no instance types"
    return f"{', '.join(refused)} {verb} that jobs of this platform may use. Choose among {', '.join(patterns)}"
