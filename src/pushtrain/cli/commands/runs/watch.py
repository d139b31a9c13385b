"""`pushtrain runs watch`: print a line for each job when it ends, and on a terminal a bar for each job that runs."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any

import click

from pushtrain.cli import completion
from pushtrain.cli.commands.runs import polling
from pushtrain.cli.commands.runs.polling import UNFINISHED, ReadRun
from pushtrain.cli.options import open_platform, platform_options
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.echo import echo
from pushtrain.cli.terminal.hints import note_on_interrupt
from pushtrain.cli.terminal.progress import format_duration, format_progress, measure_steps
from pushtrain.cli.terminal.run_text import build_run_document, format_run_end
from pushtrain.cli.terminal.stream import Terminal
from pushtrain.runs import Job, Run, find_run, find_usual_seconds

BUSY = frozenset({"InProgress", "Stopping"})  # status of a job that has not ended
REPAINTS = 5  # in a second


@click.command("watch")
@click.argument("run", shell_complete=completion.complete_runs)
@platform_options
@json_option
def command(run: str, as_json: bool, **platform_args: Any) -> int:
    """Watch a run until it has ended. Ctrl-C ends the watching, not the run.

    Exit code 1 if the run failed. Each step is compared with its usual time: the median of the last runs.
    """
    with open_platform(**platform_args) as platform:
        first = find_run(platform, run)
        usual = find_usual_seconds(platform, first.model, except_run=first.run)
    terminal = Terminal(sys.stderr if as_json else sys.stdout)
    terminal.write_line(f"{first.model} · run {first.run}")
    with note_on_interrupt(polling.format_resume_note(f"watch {first.run}{platform.cli_option}")):
        pause = polling.choose_pause(platform_args)
        ended_run = watch(polling.make_reader(first, platform_args), usual, terminal, pause)
    if as_json:
        print_json(build_run_document(ended_run))
    else:
        for line in format_run_end(ended_run, platform.cli_option):
            echo(f"  {line}")
    return 1 if ended_run.outcome == "failed" else 0


def watch(
    read_run: ReadRun, usual: Mapping[str, float], terminal: Terminal, pause: float, known_jobs: Iterable[str] = ()
) -> Run:
    """Read the run every `pause` seconds until it has ended, and return it.

    Print each job once, when it has ended, without those whose names are in `known_jobs`. `usual` maps steps to their
    usual seconds; a new model has none.
    """
    printed = set(known_jobs)
    try:
        while (run := read_run()).status in UNFINISHED:
            _print_ended_jobs(run, printed, usual, terminal)
            _wait(run, usual, terminal, pause)
        _print_ended_jobs(run, printed, usual, terminal)
    finally:
        terminal.paint()
    return run


def _print_ended_jobs(run: Run, printed: set[str], usual: Mapping[str, float], terminal: Terminal) -> None:
    """Print the jobs that have ended and whose names are not in `printed`, and add their names to it."""
    for job in run.jobs:
        if job.status not in BUSY and job.name not in printed:
            printed.add(job.name)
            terminal.paint()
            terminal.write_line(
                _format_ended_job(job, usual.get(job.step), measure_steps(job.step for job in run.jobs))
            )


def _wait(run: Run, usual: Mapping[str, float], terminal: Terminal, pause: float) -> None:
    """Wait `pause` seconds. On a terminal, repaint the bars of the jobs that run meanwhile."""
    busy_jobs = [job for job in run.jobs if job.status in BUSY]
    if not (terminal.is_live and busy_jobs):
        polling.wait(pause)
        return
    width = measure_steps(job.step for job in run.jobs)
    for turn in range(round(pause * REPAINTS)):
        clock = polling.read_clock()
        terminal.paint(
            *(
                format_progress(job.step, max(0.0, clock - job.started), usual.get(job.step), turn=turn, width=width)
                for job in busy_jobs
            )
        )
        polling.wait(1 / REPAINTS)


def _format_ended_job(job: Job, usual: float | None, width: int) -> str:
    """Return a line such as `  ✓ train          9.0 s  (usually 8.0 s)`, or `  ✗ train          9.0 s  failed`."""
    line = f"{job.step:<{width}}  {format_duration(job.seconds):>8}"
    if job.status != "Completed":
        return f"  {click.style('✗', fg='red')} {line}  {job.status.lower()}"
    comparison = f"  (usually {format_duration(usual)})" if usual else ""
    return f"  {click.style('✓', fg='green')} {line}{comparison}"
