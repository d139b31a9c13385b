"""`pushtrain runs redrive`: let a failed run go on at the step that failed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from pushtrain.cli import completion
from pushtrain.cli.commands.runs.redrive_failed import show_and_redrive
from pushtrain.cli.commands.runs.watch import watch
from pushtrain.cli.options import open_platform, parse_time, platform_options
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.echo import echo
from pushtrain.cli.terminal.hints import find_program
from pushtrain.cli.terminal.run_text import build_run_document, format_run_end
from pushtrain.cli.terminal.stream import Terminal
from pushtrain.errors import UsageError
from pushtrain.platform import Platform
from pushtrain.runs import Redrive, Run, find_run, find_usual_seconds, read_run, redrive_run


@click.command("redrive")
@click.argument("run", required=False, shell_complete=completion.complete_runs)
@click.option(
    "--failed", "model", is_flag=False, flag_value="", metavar="[MODEL]", help="Every failed run, or those of MODEL."
)
@click.option("--since", callback=parse_time, metavar="TIME", help="With --failed: runs that started since 12h ago.")
@click.option("--yes", "is_confirmed", is_flag=True, help="With --failed: do not ask.")
@platform_options
@json_option
def command(
    run: str | None, model: str | None, since: float, is_confirmed: bool, as_json: bool, **platform_args: Any
) -> int:
    """Let a failed run go on at the step that failed. RUN may be the beginning of its id.

    With --failed, every failed run of the last 14 days that can be redriven: they are listed first, with the reason of
    each failure, and redriven after you agree, or with --yes.

    For failures that the model repo did not cause, such as no free instances. AWS redrives a run for 14 days. The run
    goes on with the same code, definition and data; its jobs get new names. Steps that were stopped because another
    one failed run again too; steps that completed do not. With --local the command ends when the run has ended.
    """
    if (run is None) == (model is None):
        raise UsageError("which run? Name one, or give --failed for every failed run")
    if run and (since or is_confirmed):
        raise UsageError("--since and --yes belong to --failed, which redrives more than one run. Leave them out")
    if model is not None:
        return _redrive_all(model or None, since, is_confirmed=is_confirmed, as_json=as_json, **platform_args)
    assert run is not None  # noqa: S101 - either a run or --failed is given
    with open_platform(**platform_args) as platform:
        failed_run = find_run(platform, run)
        if not platform_args["local"]:
            redrive = redrive_run(platform, failed_run)
    if platform_args["local"]:
        return _redrive_here(failed_run, platform, platform_args["store"], as_json=as_json)
    if as_json:
        print_json(_build_document(failed_run, redrive))
        return 0
    _print_redrive(failed_run, redrive, Terminal(sys.stdout))
    echo(f"next      {find_program()} runs watch {failed_run.run}{platform.cli_option}")
    return 0


def _redrive_all(model: str | None, since: float, *, is_confirmed: bool, as_json: bool, **platform_args: Any) -> int:
    """List the failed runs of a model, or of all models, redrive those that can be, and return the exit code."""
    from pushtrain.runs import find_redrive_candidates

    if platform_args["local"]:
        raise UsageError("--failed is for runs on AWS. Here, redrive one at a time: pushtrain runs redrive RUN --local")
    with open_platform(**platform_args) as platform:
        candidates = find_redrive_candidates(platform, model, since)
        return show_and_redrive(candidates, platform, is_confirmed=is_confirmed, as_json=as_json)


def _redrive_here(failed_run: Run, platform: Platform, store: Path, *, as_json: bool) -> int:
    """Redrive a run of this computer, print its jobs until it has ended, and return the exit code."""
    from pushtrain.local.run import redrive_local_run

    terminal = Terminal(sys.stderr if as_json else sys.stdout)
    redrives: list[Redrive] = []

    def follow(redrive: Redrive) -> Run:
        redrives.append(redrive)
        _print_redrive(failed_run, redrive, terminal)
        usual = find_usual_seconds(platform, failed_run.model, except_run=failed_run.run)
        known_jobs = [job.name for job in failed_run.jobs]
        return watch(lambda: read_run(platform, failed_run.model, failed_run.run), usual, terminal, 1.0, known_jobs)

    ended_run = redrive_local_run(failed_run, platform, store, follow)
    if as_json:
        print_json(_build_document(failed_run, redrives[0]) | build_run_document(ended_run))
    else:
        for line in format_run_end(ended_run, platform.cli_option):
            echo(f"  {line}")
    return 1 if ended_run.outcome == "failed" else 0


def _build_document(failed_run: Run, redrive: Redrive) -> dict[str, Any]:
    return {
        "model": failed_run.model,
        "run": failed_run.run,
        "state": redrive.state,
        "runs_again": list(redrive.stopped_states),
        "redrives": failed_run.redrives + 1,
    }


def _print_redrive(failed_run: Run, redrive: Redrive, terminal: Terminal) -> None:
    terminal.write_line(f"redriven  {failed_run.model} · run {failed_run.run} goes on at {redrive.state!r}")
    if redrive.stopped_states:
        terminal.write_line(f"again     {', '.join(redrive.stopped_states)}: stopped when {redrive.state!r} failed")
