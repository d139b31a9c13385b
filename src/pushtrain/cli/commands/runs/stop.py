"""`pushtrain runs stop`: stop a run and the job that it waits for."""

from __future__ import annotations

from typing import Any

import click

from pushtrain.cli import completion
from pushtrain.cli.options import open_platform, platform_options
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.echo import echo
from pushtrain.runs import find_run, stop_run


@click.command("stop")
@click.argument("run", shell_complete=completion.complete_runs)
@platform_options
@json_option
def command(run: str, as_json: bool, **platform_args: Any) -> None:
    """Stop a run and the job it waits for. RUN may be the beginning of its id."""
    with open_platform(**platform_args) as platform:
        running = find_run(platform, run)
        stop_run(platform, running)
    if as_json:
        print_json({"model": running.model, "run": running.run})
    else:
        echo(f"stopped  {running.model} · run {running.run}")
