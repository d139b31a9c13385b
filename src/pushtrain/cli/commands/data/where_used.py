"""`pushtrain data where-used`: list the runs and the model versions that came from some data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pushtrain.cli.options import open_platform, platform_options
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.echo import echo
from pushtrain.cli.terminal.tables import print_wide_table

if TYPE_CHECKING:
    from pushtrain.lineage import RunInputs

VERSION_LENGTH = 12  # digits of a data version that are printed


@click.command("where-used")
@click.argument("data", metavar="URI|VERSION")
@platform_options
@json_option
def command(data: str, local: bool, store: Path, environment: str, as_json: bool) -> None:
    """List the runs and model versions that used some data.

    The newest comes first. URI is an S3 address: of what a run read, of a folder above it, or of one object in it.
    VERSION is a data version, or its first 8 digits or more; `models show` and `runs show` print it. Runs that Step
    Functions no longer has are listed too.
    """
    from pushtrain.lineage import find_uses

    with open_platform(local, store, environment) as platform:
        runs = find_uses(platform, data=data)
    if as_json:
        print_json([build_document(run, run.list_data(data)) for run in runs])
    elif runs:
        _print_runs(runs, data)
    else:
        echo(f"no run used {data}")


def build_document(run: RunInputs, names: Sequence[str]) -> dict[str, Any]:
    """Return the JSON of one run, with the data entries that have these names."""
    return {
        "model": run.model,
        "run": run.run,
        "model_version": run.model_version,
        "outcome": run.outcome or None,
        "started": run.started or None,
        "environment": run.environment,
        "experiment": run.is_experiment,
        "data": {name: {"uri": run.data[name].uri, "version": run.data[name].version} for name in names},
    }


def _print_runs(runs: Sequence[RunInputs], data: str) -> None:
    rows = [
        (
            run.model,
            run.run,
            format_use(run),
            run.started[:16].replace("T", " "),
            f"data.{name}",
            (run.data[name].version or "unknown")[:VERSION_LENGTH],
        )
        for run in runs
        for name in run.list_data(data)
    ]
    print_wide_table([("MODEL", "RUN", "OUTCOME", "STARTED", "DATA", "VERSION"), *rows], keys=2)


def format_use(run: RunInputs) -> str:
    """Return what became of a run: `registered 3`, `not registered`, `failed`, or `not ended`."""
    outcome = f"registered {run.model_version}" if run.model_version else run.outcome.replace("_", " ") or "not ended"
    return f"{outcome}{' · experiment' if run.is_experiment else ''}"
