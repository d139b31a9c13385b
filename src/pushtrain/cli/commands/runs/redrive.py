"""`pushtrain runs redrive`: a failed run goes on where it failed."""

from __future__ import annotations

from pathlib import Path

import click

from pushtrain.cli import completion
from pushtrain.cli.options import open_platform, platform_options
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.hints import find_program
from pushtrain.runs import find_run, redrive_run


@click.command("redrive")
@click.argument("run", shell_complete=completion.complete_runs)
@platform_options
@json_option
def command(run: str, local: bool, store: Path, environment: str, as_json: bool) -> None:
    """Let a failed run go on at the step that failed. RUN may be the beginning of its id.

    For failures outside of its code, such as no free instances, within 14 days. Code, definition and data stay as they
    were; jobs get new names.
    """
    with open_platform(local, store, environment) as platform:
        found = find_run(platform, run)
        state = redrive_run(platform, found)
    if as_json:
        print_json({"model": found.model, "run": found.run, "state": state, "redrives": found.redrives + 1})
        return
    click.echo(f"redriven  {found.model} · run {found.run} goes on at {state!r}")
    click.echo(f"next      {find_program()} runs watch {found.run}{platform.cli_option}")
