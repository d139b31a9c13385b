"""`pushtrain runs stop`: a run and its job end now."""

from __future__ import annotations

from pathlib import Path

import click

from pushtrain.cli import completion
from pushtrain.cli.options import open_platform, platform_options
from pushtrain.cli.output import json_option, print_json
from pushtrain.runs import find_run, stop_run


@click.command("stop")
@click.argument("run", shell_complete=completion.complete_runs)
@platform_options
@json_option
def command(run: str, local: bool, store: Path, environment: str, as_json: bool) -> None:
    """Stop a run and the job it waits for. RUN may be the beginning of its id."""
    with open_platform(local, store, environment) as platform:
        found = find_run(platform, run)
        stop_run(platform, found)
    if as_json:
        print_json({"model": found.model, "run": found.run})
        return
    click.echo(f"stopped  {found.model} · run {found.run}")
