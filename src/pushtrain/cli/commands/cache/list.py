"""`pushtrain cache list`: the results of a model that later runs may reuse."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from pushtrain.cli import completion
from pushtrain.cli.options import open_platform, platform_options
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.echo import echo
from pushtrain.cli.terminal.tables import print_table
from pushtrain.cli.terminal.time_text import format_age, format_minute

if TYPE_CHECKING:
    from pushtrain.reuse import CachedJob

KEY_LENGTH = 12  # characters of a step key that are printed
STATUS_TEXTS = {"changed": "outputs changed or are gone"}


@click.command("list")
@click.argument("model", shell_complete=completion.complete_models)
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="How many, the newest first.")
@platform_options
@json_option
def command(model: str, limit: int, as_json: bool, **platform_args: Any) -> None:
    """List the results of MODEL that later runs may reuse.

    A result has the key of its step: a hash of everything that decides it. A run reuses it if the step has the same
    key, and the outputs are those that the job wrote. Each environment has results of its own.
    """
    from pushtrain.reuse import list_cached_jobs

    with open_platform(**platform_args) as platform:
        jobs = list_cached_jobs(platform, model, limit)
    if as_json:
        print_json([build_document(cached) for cached in jobs])
    elif jobs:
        print_table([("STEP", "RUN", "KEY", "AGE", "SIZE", "STATUS"), *(_build_row(cached) for cached in jobs)])
    else:
        echo(f"{model} has no result that could be reused: no run of a step with `cache` has succeeded yet")


def build_document(cached: CachedJob) -> dict[str, Any]:
    """Return the JSON of one result."""
    job = cached.job
    return {
        "step": job.step,
        "run": job.run,
        "job": job.name,
        "key": job.key,
        "environment": job.environment,
        "ended": job.ended,
        "expires": cached.expires,
        "bytes": cached.size,
        "status": cached.status,
    }


def _build_row(cached: CachedJob) -> tuple[str, ...]:
    from pushtrain.cli.commands.clean import format_bytes

    job = cached.job
    age = (datetime.now(UTC) - datetime.fromisoformat(job.ended)).total_seconds()
    size = "" if cached.size is None else format_bytes(cached.size)
    return (job.step, job.run, job.key[:KEY_LENGTH], format_age(age), size, _format_status(cached))


def _format_status(cached: CachedJob) -> str:
    """Return `reusable until 2026-12-27 08:15`, `expired`, `forgotten` or what else the status is."""
    if cached.status == "reusable" and cached.expires:
        return f"reusable until {format_minute(datetime.fromisoformat(cached.expires).timestamp())}"
    return STATUS_TEXTS.get(cached.status, cached.status)
