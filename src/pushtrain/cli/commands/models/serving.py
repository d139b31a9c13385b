"""Shared by the commands of `models`: which versions serve, as `approved.json` of each model says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, TypeVar

from pushtrain.cli.terminal.echo import echo
from pushtrain.cli.terminal.hints import find_program
from pushtrain.parallel import call_all
from pushtrain.registry import ModelVersion, VersionSummary

if TYPE_CHECKING:
    from pushtrain.platform import Platform

Fact = TypeVar("Fact")

ServingVersions = Mapping[str, int | None]  # model -> version that serves, None for no version


def read_serving_versions(platform: Platform, models: Iterable[str]) -> ServingVersions:
    """Return the version that serves of each model. A model that the caller may not read is left out."""
    from pushtrain.serving import read_serving_arn

    def read(model: str) -> str | None:
        return read_if_allowed(lambda: read_serving_arn(platform, model))

    names = sorted(set(models))
    arns = call_all(read, names)
    return {model: parse_version_number(arn) for model, arn in zip(names, arns, strict=True) if arn is not None}


def read_if_allowed(read: Callable[[], Fact]) -> Fact | None:
    """Return what `read` returns, None if AWS denies access to it."""
    from botocore.exceptions import ClientError

    from pushtrain.aws import ACCESS_DENIED

    try:
        return read()
    except ClientError as error:
        if error.response["Error"]["Code"] not in ACCESS_DENIED:
            raise
        return None


def parse_version_number(arn: str) -> int | None:
    """Return the number at the end of the ARN of a model version; None for an empty text."""
    return int(arn.rpartition("/")[2]) if arn else None


def is_serving(version: ModelVersion | VersionSummary, serving: ServingVersions) -> bool | None:
    """Return True if the version serves; None if that is not known."""
    return version.version == serving[version.model] if version.model in serving else None


def format_status(version: ModelVersion | VersionSummary, serving: ServingVersions) -> str:
    """Return the approval status, such as `Approved`, or `Approved · serves` if the version serves."""
    return f"{version.status} · serves" if is_serving(version, serving) else version.status


def print_serving_change(model: str, version: int | None, previous: int | None) -> None:
    """Print which version serves after a decision on this computer, and which one served before."""
    change = f" (before: version {previous})" if previous is not None and previous != version else ""
    echo(f"serves    {'nothing' if version is None else f'{model} version {version}'}{change}")


def print_serving_hint(platform: Platform, model: str) -> None:
    """Print how to see which version serves. After a decision on AWS the approval handler has not run yet."""
    echo(f"serving   follows in a moment: {find_program()} models list {model}{platform.cli_option}")
