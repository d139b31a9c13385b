"""`pushtrain runs logs`: print the logs of a run's jobs, once or until the run has ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from pushtrain.catalog.suggest import did_you_mean
from pushtrain.cli import completion
from pushtrain.cli.commands.runs import polling
from pushtrain.cli.commands.runs.polling import UNFINISHED, ReadRun
from pushtrain.cli.options import open_platform, platform_options
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.echo import echo, secho
from pushtrain.cli.terminal.hints import note_on_interrupt
from pushtrain.platform import Platform
from pushtrain.runs import Job, Run, find_run, read_log_lines, read_new_lines


class JobNotFound(click.UsageError):
    """The run has no job, or no job of the step that --step names."""


@click.command("logs")
@click.argument("run", shell_complete=completion.complete_runs)
@click.option("--step", help="Only this step, such as train.")
@click.option("--follow", "-f", is_flag=True, help="Go on printing until the run has ended.")
@platform_options
@json_option
def command(run: str, step: str | None, follow: bool, as_json: bool, **platform_args: Any) -> None:
    """Print the logs of a run's jobs.

    Each log stands below a line that names its job. With --step, the log of a single job is printed without that line.
    """
    if follow and as_json:
        raise click.UsageError("--follow prints lines as they come, and --json is one document: leave one out")
    if follow:
        _follow(run, step, platform_args)
        return
    with open_platform(**platform_args) as platform:
        jobs = _select_jobs(find_run(platform, run), step, platform.cli_option)
        if as_json:
            print_json([{"step": j.step, "job": j.name, "lines": list(read_log_lines(platform, j))} for j in jobs])
        else:
            _print_logs(platform, jobs, has_heads=step is None or len(jobs) > 1)


def _print_logs(platform: Platform, jobs: Sequence[Job], *, has_heads: bool) -> None:
    for job in jobs:
        if has_heads:
            secho(f"{job.step} · {job.name} · {job.status}", bold=True)
        for line in read_log_lines(platform, job):
            echo(line)


def _follow(run_id: str, step: str | None, platform_args: Mapping[str, Any]) -> None:
    """Print new lines until the run has ended. Raises JobNotFound if it has ended without a job of `step`."""
    with open_platform(**platform_args) as platform:
        run = find_run(platform, run_id)
    tokens: dict[str, str] = {}

    def read_lines(job: Job) -> list[str]:
        with open_platform(**platform_args) as platform:
            return list(read_new_lines(platform, job, tokens))

    step_option = f" --step {step}" if step else ""
    with note_on_interrupt(polling.format_resume_note(f"logs {run.run} --follow{step_option}{platform.cli_option}")):
        read_run, pause = polling.make_reader(run, platform_args), polling.choose_pause(platform_args)
        ended_run = follow_logs(read_run, read_lines, pause, step)
        _select_jobs(ended_run, step, platform.cli_option)


def follow_logs(
    read_run: ReadRun, read_lines: Callable[[Job], list[str]], pause: float, step: str | None = None
) -> Run:
    """Print new lines of all jobs, or of the jobs of `step`, every `pause` seconds until the run has ended; return it.

    Lines of another job than the last ones stand below a line that names it: jobs of several branches write at the same
    time. The first job of `step` has no such line.
    """
    goes_on, last_job = True, ""
    while goes_on:
        run = read_run()
        goes_on = run.status in UNFINISHED
        if not goes_on and last_job:
            polling.wait(pause)  # the last lines arrive after the job has ended
        for job in (job for job in run.jobs if step in {None, job.step}):
            lines = read_lines(job)
            if lines and job.name != last_job:
                if step is None or last_job:
                    secho(f"{job.step} · {job.name}", bold=True)
                last_job = job.name
            for line in lines:
                echo(line)
        if goes_on:
            polling.wait(pause)
    return run


def _select_jobs(run: Run, step: str | None, cli_option: str) -> list[Job]:
    """Return the jobs of `step`, or all jobs. Raises JobNotFound if there is none.

    `cli_option` selects the platform in a suggested command, such as ` --local`.
    """
    steps = list(dict.fromkeys(job.step for job in run.jobs))
    if not steps:
        if run.status in UNFINISHED:
            raise JobNotFound(f"run {run.run} has no job yet")
        raise JobNotFound(
            f"run {run.run} ended before a job started, so it has no logs. "
            f"`pushtrain runs show {run.run}{cli_option}` says why"
        )
    if step is not None and step not in steps:
        suggestion = did_you_mean(step, steps) or "."
        raise JobNotFound(f"run {run.run} has no job of step {step!r}{suggestion} There are: {', '.join(steps)}")
    return [job for job in run.jobs if step in {None, job.step}]
