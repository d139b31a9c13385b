"""`pushtrain runs list`: list the runs of all models or of one model, filtered and sorted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from pushtrain.cli import completion
from pushtrain.cli.options import open_platform, parse_time, platform_options
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.echo import echo
from pushtrain.cli.terminal.progress import format_duration
from pushtrain.cli.terminal.run_text import build_run_summary, format_outcome
from pushtrain.cli.terminal.tables import print_table
from pushtrain.cli.terminal.time_text import format_minute, format_time
from pushtrain.runs import ANY_OUTCOME, STATUSES_BY_OUTCOME, Run, RunFilter, find_runs

SORT_KEYS: dict[str, Callable[[Run], Any]] = {
    "started": lambda run: run.started,
    "model": lambda run: run.model,
    "outcome": format_outcome,
    "time": lambda run: run.seconds,
}


@click.command("list")
@click.argument("model", required=False, shell_complete=completion.complete_models)
@click.option(
    "--status",
    "outcomes",
    type=click.Choice(list(STATUSES_BY_OUTCOME)),
    multiple=True,
    help="Only these runs; may be repeated.",
)
@click.option(
    "--since", callback=parse_time, metavar="TIME", help="Only runs that started since 12h or 7d ago, or 2026-11-21."
)
@click.option(
    "--sort", type=click.Choice(list(SORT_KEYS)), default="started", show_default=True, help="Order of the rows."
)
@click.option("--reverse", is_flag=True, help="Reverse the order: newest first, longest first.")
@click.option(
    "--limit", type=click.IntRange(min=1), default=100, show_default=True, help="Print at most this many, the newest."
)
@platform_options
@json_option
def command(
    model: str | None,
    outcomes: tuple[str, ...],
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
    run_filter = RunFilter(model=model, outcomes=frozenset(outcomes) or ANY_OUTCOME, since=since)
    with open_platform(local, store, environment) as platform:
        runs = find_runs(platform, run_filter, limit)
    runs.sort(key=SORT_KEYS[sort], reverse=reverse)
    if as_json:
        print_json(
            [{"model": run.model, **build_run_summary(run), "started": format_time(run.started)} for run in runs]
        )
    elif runs:
        _print_runs(runs)
    else:
        scope = f"{f' of {model}' if model else ''}{f' in {store.resolve()}' if local else ''}"
        echo(f"no such run{scope}" if outcomes or since else f"no run yet{scope}")


def _print_runs(runs: list[Run]) -> None:
    rows = [
        (run.model, run.run, format_outcome(run), format_duration(run.seconds), format_minute(run.started))
        for run in runs
    ]
    print_table([("MODEL", "RUN", "OUTCOME", "TIME", "STARTED"), *rows], narrow=0)
