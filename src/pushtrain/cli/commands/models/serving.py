"""Which versions serve: what `models` marks them by, and what it says after a decision.

In: a platform and model names. Out: version numbers, read from approved.json once for each model. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import click

from pushtrain.cli.terminal.hints import find_program
from pushtrain.registry import ModelVersion

if TYPE_CHECKING:
    from pushtrain.platform import Platform

PARALLEL = 8  # models asked for at a time
Serving = Mapping[str, int | None]


def serving_versions(platform: Platform, models: Iterable[str]) -> Serving:
    """The version of each model that serves, None for nothing; a model is left out where one may not ask."""
    from botocore.exceptions import ClientError

    from pushtrain.registry import ACCESS_DENIED
    from pushtrain.serving import read_serving_arns

    def read(model: str) -> dict[str, int | None]:
        try:
            return {model: number(read_serving_arns(platform, model)[0])}
        except ClientError as error:
            if error.response["Error"]["Code"] not in ACCESS_DENIED:
                raise
            return {}

    with ThreadPoolExecutor(PARALLEL) as pool:
        return {model: version for found in pool.map(read, set(models)) for model, version in found.items()}


def number(arn: str) -> int | None:
    """Of the version an ARN names; None for an empty one."""
    return int(arn.rpartition("/")[2]) if arn else None


def serves(version: ModelVersion, serving: Serving) -> bool | None:
    """None where it is not known."""
    return version.version == serving[version.model] if version.model in serving else None


def status(version: ModelVersion, serving: Serving) -> str:
    """The status for a person, with what serves marked."""
    return f"{version.status} · serves" if serves(version, serving) else version.status


def say_serving(model: str, now: int | None, before: int | None) -> None:
    """What a decision on this machine has led to."""
    was = f" (before: version {before})" if before is not None and before != now else ""
    click.echo(f"serves    {'nothing' if now is None else f'{model} version {now}'}{was}")


def say_soon(platform: Platform, model: str) -> None:
    """On AWS the handler of approvals is only about to start."""
    click.echo(f"serving   follows in a moment: {find_program()} models list {model}{platform.cli_option}")
