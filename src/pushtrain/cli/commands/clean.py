"""`pushtrain clean`: show, and with --yes delete, old runs, model versions and Python environments of this computer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pushtrain.cli.options import parse_time, store_option
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.echo import echo
from pushtrain.cli.terminal.tables import print_table
from pushtrain.cli.terminal.time_text import format_minute, format_time

if TYPE_CHECKING:
    from pushtrain.local.cleaning.computer import Cleaning


@click.command("clean")
@click.option(
    "--older-than",
    "cutoff",
    callback=parse_time,
    default="30d",
    show_default=True,
    metavar="TIME",
    help="What ended, or was last used, before that: 30d, 12h, or a date such as 2026-11-21.",
)
@click.option("--yes", "is_confirmed", is_flag=True, help="Delete. Without it the command only shows what would go.")
@store_option
@json_option
def command(cutoff: float, is_confirmed: bool, store: Path, as_json: bool) -> None:
    """Delete old runs, model versions and Python environments of this computer. Without --yes, only show them.

    These stay: versions that were ever approved, the newest version of each model, the runs that these versions or
    other runs need, and whatever a live run uses. Python environments are those of all your model repos, because
    these share them; one that is needed again is installed again. Nothing on AWS changes.
    """
    from pushtrain.local.cleaning.computer import clean_computer, find_old

    cleaning = (clean_computer if is_confirmed else find_old)(store, cutoff)
    if as_json:
        print_json(_build_document(cleaning, cutoff, is_deleted=is_confirmed))
    else:
        _print_cleaning(cleaning, cutoff, is_deleted=is_confirmed)


def _build_document(cleaning: Cleaning, cutoff: float, *, is_deleted: bool) -> dict[str, Any]:
    return {
        "older_than": format_time(cutoff),
        "deleted": is_deleted,
        "bytes": cleaning.size,
        "runs": [
            {"model": old.run.model, "run": old.run.run, "ended": format_time(old.run.ended or 0), "bytes": old.size}
            for old in cleaning.plan.runs
        ],
        "versions": [
            {"model": version.model, "version": version.number, "status": version.status}
            for version in cleaning.plan.versions
        ],
        "pushes": {"count": len(cleaning.plan.pushes), "bytes": cleaning.pushes_size},
        "leftovers": {"count": len(cleaning.leftovers), "bytes": cleaning.leftovers_size},
        "environments": {
            "folders": [str(environment.folder) for environment in cleaning.environments.environments],
            "bytes": cleaning.environments.size,
        },
        "needed_runs": [{"model": run.model, "run": run.run} for run in cleaning.plan.needed_runs],
    }


def _print_cleaning(cleaning: Cleaning, cutoff: float, *, is_deleted: bool) -> None:
    echo(f"before {format_minute(cutoff)} UTC · {cleaning.store} · {cleaning.cache}")
    if rows := _list_rows(cleaning):
        print_table(rows, narrow=3)
    if needed := len(cleaning.plan.needed_runs):
        echo(f"old runs that stay, because versions or other runs need them: {needed}")
    size = format_bytes(cleaning.size)
    if is_deleted:
        echo(f"deleted  {size}")
    elif rows:
        echo(f"would go  {size}. Nothing was deleted: add --yes")
    else:
        echo("nothing is that old")


def _list_rows(cleaning: Cleaning) -> Sequence[tuple[str, ...]]:
    """Return a row for each kind of thing that goes: kind, number, size, and which."""
    plan, old = cleaning.plan, cleaning.environments
    runs = ", ".join(f"{old_run.run.model} {old_run.run.run}" for old_run in plan.runs)
    versions = ", ".join(f"{version.model} {version.number}" for version in plan.versions)
    downloads = " and the downloads that they share" if old.downloads else ""
    packages = f"Python packages of the scripts of all your model repos{downloads}"
    rows = (
        ("  runs", len(plan.runs), cleaning.runs_size, runs),
        ("  versions", len(plan.versions), 0, versions),
        ("  pushes", len(plan.pushes), cleaning.pushes_size, "model repos and packed code that no run has any more"),
        ("  environments", len(old.environments), old.size, packages),
        ("  leftovers", len(cleaning.leftovers), cleaning.leftovers_size, "files of processes that were killed"),
    )
    return [(kind, str(count), format_bytes(size) if size else "", what) for kind, count, size, what in rows if count]


def format_bytes(size: int) -> str:
    """Return a size for people: `640 B`, `1.2 MB`, `3.4 GB`."""
    amount = float(size)
    for unit in ("B", "kB", "MB"):
        if amount < 1000:  # noqa: PLR2004 - the next unit
            return f"{amount:.0f} {unit}" if unit in {"B", "kB"} else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"
