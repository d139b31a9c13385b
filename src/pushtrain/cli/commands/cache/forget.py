"""`pushtrain cache forget`: show, and with --yes mark, results that no later run shall reuse."""

from __future__ import annotations

from typing import Any

import click

from pushtrain.cli import completion
from pushtrain.cli.options import open_platform, platform_options
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.echo import echo
from pushtrain.cli.terminal.tables import print_table
from pushtrain.errors import UsageError


@click.command("forget")
@click.argument("model", shell_complete=completion.complete_models)
@click.option("--step", "steps", multiple=True, metavar="STEP", help="Results of this step; may be repeated.")
@click.option("--run", default="", metavar="RUN", help="Results of this run; the beginning of its id is enough.")
@click.option("--all", "is_all", is_flag=True, help="All results of the model.")
@click.option("--yes", "is_confirmed", is_flag=True, help="Forget them. Without it the command only shows them.")
@platform_options
@json_option
def command(
    model: str,
    steps: tuple[str, ...],
    run: str,
    is_all: bool,
    is_confirmed: bool,
    as_json: bool,
    **platform_args: Any,
) -> None:
    """Let no later run reuse results of MODEL. Without --yes, only show them.

    With --step and --run, those that both name.
    Nothing is deleted: runs, versions and their files stay. The next run of the step computes a new result, which may
    be reused again. Each environment has results of its own.
    """
    from pushtrain.reuse import find_jobs, forget

    if is_all == bool(steps or run):
        raise UsageError("say which results to forget: with --step and --run, or with --all")
    with open_platform(**platform_args) as platform:
        jobs = find_jobs(platform, model, steps=steps, run=run)
        if is_confirmed and jobs:
            forget(platform, model, jobs)
    if as_json:
        listed = [{"step": job.step, "run": job.run, "job": job.name, "key": job.key} for job in jobs]
        print_json({"model": model, "forgotten": is_confirmed, "results": listed})
    elif not jobs:
        echo("all of them are forgotten already")
    else:
        print_table([(f"  {job.step}", job.run, job.name) for job in jobs])
        echo(f"forgotten: {len(jobs)}" if is_confirmed else f"would be forgotten: {len(jobs)}. Add --yes")
