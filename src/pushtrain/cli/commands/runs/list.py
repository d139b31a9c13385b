"""`pushtrain runs list`: list the runs of all models or of one model, with the metrics of their gates."""

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
from pushtrain.cli.terminal.tables import fits_terminal, print_table
from pushtrain.cli.terminal.time_text import format_minute, format_time
from pushtrain.decide import shorten_metrics
from pushtrain.platform import Platform
from pushtrain.runs import ANY_OUTCOME, STATUSES_BY_OUTCOME, Run, RunFilter, find_runs

METRICS = "METRICS"  # a column of its own; a table of its own below if the terminal is too narrow
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
@click.option("--data-version", default="", metavar="VERSION", help="Only runs that read this version of some data.")
@click.option(
    "--image",
    default="",
    metavar="URI",
    help="Only runs with a job in this image; without a tag, in any tag; or sha256:… of the image.",
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
    data_version: str,
    image: str,
    local: bool,
    store: Path,
    environment: str,
    as_json: bool,
) -> None:
    """List runs of all models or of one, oldest first. STARTED is in UTC.

    Without MODEL, runs that somebody started by hand in Step Functions may be missing.

    METRICS are those of the gate, if the run came to it. `runs show` prints all. `models show` and `runs show` print
    versions of data and images; `data where-used` also lists runs that Step Functions no longer has.
    """
    with open_platform(local, store, environment) as platform:
        run_filter = RunFilter(
            model=model,
            outcomes=frozenset(outcomes) or ANY_OUTCOME,
            since=since,
            names=_find_names(platform, model, data_version, image),
        )
        runs = find_runs(platform, run_filter, limit)
    runs.sort(key=SORT_KEYS[sort], reverse=reverse)
    if as_json:
        print_json([build_document(run) for run in runs])
    elif runs:
        _print_runs(runs)
    else:
        scope = f"{f' of {model}' if model else ''}{f' in {store.resolve()}' if local else ''}"
        is_filtered = outcomes or since or data_version or image
        echo(f"no such run{scope}" if is_filtered else f"no run yet{scope}")


def _find_names(
    platform: Platform, model: str | None, data_version: str, image: str
) -> frozenset[tuple[str, str]] | None:
    """Return model and id of the runs that used the data and the image; None if neither is given."""
    if not data_version and not image:
        return None
    from pushtrain.lineage import find_uses

    runs = find_uses(platform, model, data=data_version, image=image)
    return frozenset((run.model, run.run) for run in runs)


def build_document(run: Run) -> dict[str, Any]:
    """Return the JSON of one run. `metrics` are those of the gate."""
    summary = {"model": run.model, **build_run_summary(run)}
    return summary | {"started": format_time(run.started), "metrics": dict(run.metrics)}


def _print_runs(runs: list[Run]) -> None:
    columns = ("MODEL", "RUN", "OUTCOME", "TIME", "STARTED")
    rows = [
        (run.model, run.run, format_outcome(run), format_duration(run.seconds), format_minute(run.started))
        for run in runs
    ]
    metrics = [_format_metrics(run) for run in runs]
    wide_rows = [(*row, text) for row, text in zip(rows, metrics, strict=True)]
    if any(metrics) and fits_terminal([(*columns, METRICS), *wide_rows]):
        print_table([(*columns, METRICS), *wide_rows])
        return
    print_table([columns, *rows], narrow=0)
    if any(metrics):
        echo()
        named_metrics = [(*row[:2], text) for row, text in zip(rows, metrics, strict=True) if text]
        print_table([(*columns[:2], METRICS), *named_metrics], narrow=0)


def _format_metrics(run: Run) -> str:
    """Return text such as `accuracy 0.9649, auc 0.9974`."""
    names = shorten_metrics(list(run.metrics))
    return ", ".join(f"{names[name]} {value:.4g}" for name, value in run.metrics.items())
