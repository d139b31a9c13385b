"""`pushtrain runs redrive`: let a failed run go on at the step that failed."""

from __future__ import annotations

from typing import Any

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
def command(run: str, as_json: bool, **platform_args: Any) -> None:
    """Let a failed run go on at the step that failed. RUN may be the beginning of its id.

    For failures that the model repo did not cause, such as no free instances. AWS redrives a run for 14 days. The run
    goes on with the same code, definition and data; its jobs get new names. Steps that were stopped because another
    one failed run again too; steps that completed do not.
    """
    with open_platform(**platform_args) as platform:
        failed_run = find_run(platform, run)
        redrive = redrive_run(platform, failed_run)
    if as_json:
        print_json(
            {
                "model": failed_run.model,
                "run": failed_run.run,
                "state": redrive.state,
                "runs_again": list(redrive.stopped_states),
                "redrives": failed_run.redrives + 1,
            }
        )
        return
    click.echo(f"redriven  {failed_run.model} · run {failed_run.run} goes on at {redrive.state!r}")
    if redrive.stopped_states:
        click.echo(f"again     {', '.join(redrive.stopped_states)}: stopped when {redrive.state!r} failed")
    click.echo(f"next      {find_program()} runs watch {failed_run.run}{platform.cli_option}")
