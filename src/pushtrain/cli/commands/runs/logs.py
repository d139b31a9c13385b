"""`pushtrain runs logs`: what the jobs of a run wrote, or write now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click

from pushtrain.catalog.suggest import did_you_mean
from pushtrain.cli import completion
from pushtrain.cli.commands.runs import polling
from pushtrain.cli.commands.runs.polling import GOING, ReadRun, choose_pause, format_goes_on, make_reader
from pushtrain.cli.options import open_platform, platform_options
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.hints import note_on_interrupt
from pushtrain.runs import Job, Run, find_run, read_log_lines, read_new_lines


class JobNotFound(click.UsageError):
    """The run has no job, or no job of the step that --step names."""


@click.command("logs")
@click.argument("run", shell_complete=completion.complete_runs)
@click.option("--step", help="Only this step, such as train.")
@click.option("--follow", "-f", is_flag=True, help="Go on printing until the run has ended.")
@platform_options
@json_option
def command(run: str, step: str | None, follow: bool, as_json: bool, **where: Any) -> None:
    """Print the logs of a run's jobs, each below a line that names it; the log alone with --step."""
    if follow and as_json:
        raise click.UsageError("--follow prints lines as they come, and --json is one document: leave one out")
    if follow:
        with open_platform(**where) as platform:
            first = find_run(platform, run)
        only = f" --step {step}" if step else ""
        with note_on_interrupt(format_goes_on(f"logs {first.run} --follow{only}{platform.cli_option}")):
            _follow(first, step, where)
        return
    with open_platform(**where) as platform:
        found = find_run(platform, run)
        jobs = _jobs(found, step)
        if as_json:
            print_json([{"step": j.step, "job": j.name, "lines": list(read_log_lines(platform, j))} for j in jobs])
            return
        for job in jobs:
            if step is None or len(jobs) > 1:
                click.secho(f"{job.step} · {job.name} · {job.status}", bold=True)
            for line in read_log_lines(platform, job):
                click.echo(line)


def _follow(run: Run, step: str | None, where: Mapping[str, Any]) -> None:
    tokens: dict[str, str] = {}

    def read(job: Job) -> list[str]:
        with open_platform(**where) as platform:
            return list(read_new_lines(platform, job, tokens))

    ended = follow_logs(make_reader(run, where), read, choose_pause(where), step)
    _jobs(ended, step)


def follow_logs(read_run: ReadRun, read: Callable[[Job], list[str]], pause: float, step: str | None = None) -> Run:
    """Print what the jobs of `look`, or of one step, write, as it comes; the run once it has ended.

    `read` gives what is new of one job. A line names each job, but not the only one of a step.
    """
    going, heads = True, set[str]()
    while going:
        run = read_run()
        going = run.status in GOING
        if not going and heads:
            polling.wait(pause)  # the last lines arrive after the job has ended
        for job in (each for each in run.jobs if step in {None, each.step}):
            lines = read(job)
            if lines and job.name not in heads:
                if step is None or heads:
                    click.secho(f"{job.step} · {job.name}", bold=True)
                heads.add(job.name)
            for line in lines:
                click.echo(line)
        if going:
            polling.wait(pause)
    return run


def _jobs(run: Run, step: str | None) -> list[Job]:
    """The jobs of a step, or all. Raises JobNotFound, which names the steps of the run, if there is none."""
    steps = list(dict.fromkeys(job.step for job in run.jobs))
    if not steps:
        raise JobNotFound(f"run {run.run} has no job yet" if run.status in GOING else f"run {run.run} had no job")
    if step is not None and step not in steps:
        meant = did_you_mean(step, steps)
        raise JobNotFound(f"run {run.run} has no job of step {step!r}{meant or '.'} There are: {', '.join(steps)}")
    return [job for job in run.jobs if step in {None, job.step}]
