"""`pushtrain runs`: what became of runs, or becomes of them now, and their logs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

import click

from pushtrain.catalog.suggest import did_you_mean
from pushtrain.cli import completion
from pushtrain.cli.commands.runs.list import list_
from pushtrain.cli.commands.runs.redrive import redrive_
from pushtrain.cli.commands.runs.show import show as show_
from pushtrain.cli.commands.runs.stop import stop_
from pushtrain.cli.commands.runs.watch import GOING
from pushtrain.cli.options import open_platform, platform_options
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.hints import find_program, note_on_interrupt
from pushtrain.cli.terminal.run_text import document, tell_failure, verdict
from pushtrain.runs import Job, Run, find_run

PAUSE, LOCAL_PAUSE = 5.0, 1.0  # seconds between two looks at AWS, at this machine


@click.group("runs")
def command() -> None:
    """Runs: list, show, watch, logs, stop, redrive."""


command.add_command(list_)
command.add_command(show_)
command.add_command(redrive_)
command.add_command(stop_)


@command.command("watch")
@click.argument("run", shell_complete=completion.complete_runs)
@platform_options
@json_option
def watch_(run: str, as_json: bool, **where: Any) -> int:
    """Watch a run until it has ended. Ctrl-C ends the watching, not the run.

    Exit code 1 when the run failed. Each step is compared with what it took in the last runs.
    """
    from pushtrain.cli.commands.runs.watch import watch
    from pushtrain.cli.terminal.stream import Terminal
    from pushtrain.runs import usual_seconds

    with open_platform(**where) as platform:
        first = find_run(platform, run)
        usual = usual_seconds(platform, first.model, but=first.run)
    terminal = Terminal(sys.stderr if as_json else sys.stdout)
    terminal.say(f"{first.model} · run {first.run}")
    with note_on_interrupt(_goes_on(f"watch {first.run}{platform.option}")):
        ended = watch(_look(first, where), usual, terminal, _pause(where))
    if as_json:
        print_json(document(ended))
    else:
        if ended.error:
            tell_failure(ended, platform.option)
        click.echo(f"  {verdict(ended)}")
    return 1 if ended.outcome == "failed" else 0


def _goes_on(words: str) -> str:
    return f"the run goes on. Go on watching with: {find_program()} runs {words}"


def _look(run: Run, where: Mapping[str, Any]) -> Callable[[], Run]:
    """This machine's store is opened anew each time: another process writes it."""
    from pushtrain.runs import show_run

    def look() -> Run:
        with open_platform(**where) as platform:
            return show_run(platform, run.model, run.run)

    return look


def _pause(where: Mapping[str, Any]) -> float:
    return LOCAL_PAUSE if where["local"] else PAUSE


def _follow(run: Run, step: str | None, where: Mapping[str, Any]) -> None:
    from pushtrain.cli.commands.runs.watch import follow_logs
    from pushtrain.runs import new_lines

    tokens: dict[str, str] = {}

    def read(job: Job) -> list[str]:
        with open_platform(**where) as platform:
            return list(new_lines(platform, job, tokens))

    ended = follow_logs(_look(run, where), read, _pause(where), step)
    _jobs(ended, step)


@command.command("logs")
@click.argument("run", shell_complete=completion.complete_runs)
@click.option("--step", help="Only this step, such as train.")
@click.option("--follow", "-f", is_flag=True, help="Go on printing until the run has ended.")
@platform_options
@json_option
def logs(run: str, step: str | None, follow: bool, as_json: bool, **where: Any) -> None:
    """Print the logs of a run's jobs, each below a line that names it; the log alone with --step."""
    if follow and as_json:
        raise click.UsageError("--follow prints lines as they come, and --json is one document: leave one out")
    if follow:
        with open_platform(**where) as platform:
            first = find_run(platform, run)
        only = f" --step {step}" if step else ""
        with note_on_interrupt(_goes_on(f"logs {first.run} --follow{only}{platform.option}")):
            _follow(first, step, where)
        return
    from pushtrain.runs import log_lines

    with open_platform(**where) as platform:
        found = find_run(platform, run)
        jobs = _jobs(found, step)
        if as_json:
            print_json([{"step": j.step, "job": j.name, "lines": list(log_lines(platform, j))} for j in jobs])
            return
        for job in jobs:
            if step is None or len(jobs) > 1:
                click.secho(f"{job.step} · {job.name} · {job.status}", bold=True)
            for line in log_lines(platform, job):
                click.echo(line)


def _jobs(run: Run, step: str | None) -> list[Job]:
    """The jobs of a step, or all. Raises UsageError, naming the steps there are, where there is none."""
    steps = list(dict.fromkeys(job.step for job in run.jobs))
    if not steps:
        raise click.UsageError(f"run {run.run} has no job yet" if run.status in GOING else f"run {run.run} had no job")
    if step is not None and step not in steps:
        meant = did_you_mean(step, steps)
        raise click.UsageError(f"run {run.run} has no job of step {step!r}{meant or '.'} There are: {', '.join(steps)}")
    return [job for job in run.jobs if step in {None, job.step}]
