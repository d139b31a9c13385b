"""Compare the models of two versions: files, values, predictions. Reads S3; the values are read on this computer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from pushtrain import aws
from pushtrain.errors import RegistryError
from pushtrain.local.values.comparison import build_comparison
from pushtrain.local.values.environment import find_environment
from pushtrain.platform import Platform
from pushtrain.registry import ModelVersion
from pushtrain.reproduction.compare import CompareValues, compare_models, describe_version, find_step
from pushtrain.reproduction.current import require_record
from pushtrain.reproduction.ladder import Comparison, MemberValues


def _ignore(_: str) -> None:
    """Do nothing with a line."""


def compare_version_models(
    platform: Platform, first: ModelVersion, second: ModelVersion, *, on_line: Callable[[str], None] = _ignore
) -> Comparison:
    """Return how equal the models of two versions are. Both are downloaded and read, each in its own environment.

    `on_line` gets what is reported while a Python environment is created. Raises OperatorError if a model is gone.
    """
    return compare_models(
        platform,
        describe_version(first),
        describe_version(second),
        compare_values=_build_comparison(platform, first, second, on_line),
    )


def _build_comparison(
    platform: Platform, first: ModelVersion, second: ModelVersion, on_line: Callable[[str], None]
) -> CompareValues:
    """Return what compares values. Without the records of both runs it says that nobody knows the environments."""
    try:
        one, other = (
            find_environment(require_record(platform, version), find_step(version.artifact))
            for version in (first, second)
        )
    except RegistryError as error:
        reason = str(error)

        def skip(_: Path, __: Path, members: Sequence[str]) -> list[MemberValues]:
            return [MemberValues(member=name, is_same=None, reason=reason) for name in members]

        return skip
    return build_comparison(aws.client("s3", platform.region), (one, other), on_line)
