"""`pushtrain runs list`: the runs of all models or of one, filtered and sorted."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from pushtrain.cli import completion
from pushtrain.cli.options import open_platform, platform_options
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.progress import format_duration
from pushtrain.cli.terminal.run_text import build_run_summary, format_outcome
from pushtrain.cli.terminal.tables import print_table
from pushtrain.cli.terminal.time_text import format_minute, format_time
from pushtrain.runs import ANY_OUTCOME, STATUSES_BY_OUTCOME, Run, RunFilter, find_runs

SORTS: dict[str, Callable[[Run], Any]] = {
    "started": lambda run: run.started,
    "model": lambda run: run.model,
    "outcome": format_outcome,
    "time": lambda run: run.seconds,
}


def _epoch(context: click.Context, parameter: click.Parameter, value: str | None) -> float:  # noqa: ARG001 - click's
    """A date, or so long ago. Raises BadParameter saying both forms."""
    from pushtrain.config.values.units import parse_duration

    if value is None:
        return 0.0
    try:
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        pass
    try:
        return time.time() - parse_duration(value)
    except ValueError:
        said = f"{value!r} is no time. Write how long ago, such as 12h or 7d, or a date such as 2026-11-21 (UTC)"
        raise click.BadParameter(said) from None


@click.command("list")
@click.argument("model", required=False, shell_complete=completion.complete_models)
@click.option(
    "--status", "ends", type=click.Choice(list(STATUSES_BY_OUTCOME)), multiple=True, help="Only these; may be repeated."
)
@click.option("--since", callback=_epoch, metavar="TIME", help="Only those begun since, such as 12h, 7d or 2026-11-21.")
@click.option("--sort", type=click.Choice(list(SORTS)), default="started", show_default=True, help="Order of the rows.")
@click.option("--reverse", is_flag=True, help="The other way round: newest first, longest first.")
@click.option("--limit", type=click.IntRange(min=1), default=100, show_default=True, help="Only the newest so many.")
@platform_options
@json_option
def command(
    model: str | None,
    ends: tuple[str, ...],
    since: float,
    sort: str,
    reverse: bool,
    limit: int,
    local: bool,
    store: Path,
    environment: str,
    as_json: bool,
) -> None:
    """List runs of all models or of one, oldest first. STARTED is in UTC."""
    wanted = RunFilter(model=model, outcomes=frozenset(ends) or ANY_OUTCOME, since=since)
    with open_platform(local, store, environment) as platform:
        found = find_runs(platform, wanted, limit)
    found.sort(key=SORTS[sort], reverse=reverse)
    if as_json:
        print_json(
            [{"model": run.model, **build_run_summary(run), "started": format_time(run.started)} for run in found]
        )
    elif not found:
        where = f"{f' of {model}' if model else ''}{f' in {store.resolve()}' if local else ''}"
        click.echo(f"no such run{where}" if ends or since else f"no run yet{where}")
    else:
        rows = [
            (run.model, run.run, format_outcome(run), format_duration(run.seconds), format_minute(run.started))
            for run in found
        ]
        print_table([("MODEL", "RUN", "OUTCOME", "TIME", "STARTED"), *rows], narrow=0)
