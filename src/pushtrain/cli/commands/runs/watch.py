"""`pushtrain runs watch`: a line for each job as it ends, and a bar for the job that runs."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import click

from pushtrain.cli import completion
from pushtrain.cli.commands.runs import polling
from pushtrain.cli.commands.runs.polling import GOING, ReadRun, choose_pause, format_goes_on, make_reader
from pushtrain.cli.options import open_platform, platform_options
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.hints import note_on_interrupt
from pushtrain.cli.terminal.progress import format_duration, format_progress
from pushtrain.cli.terminal.run_text import build_run_document, format_end, print_failure
from pushtrain.cli.terminal.stream import Terminal
from pushtrain.runs import Job, Run, find_run, find_usual_seconds

BUSY = frozenset({"InProgress", "Stopping"})
TICKS = 5  # repaints in a second


@click.command("watch")
@click.argument("run", shell_complete=completion.complete_runs)
@platform_options
@json_option
def command(run: str, as_json: bool, **where: Any) -> int:
    """Watch a run until it has ended. Ctrl-C ends the watching, not the run.

    Exit code 1 when the run failed. Each step is compared with what it took in the last runs.
    """
    with open_platform(**where) as platform:
        first = find_run(platform, run)
        usual = find_usual_seconds(platform, first.model, except_run=first.run)
    terminal = Terminal(sys.stderr if as_json else sys.stdout)
    terminal.write_line(f"{first.model} · run {first.run}")
    with note_on_interrupt(format_goes_on(f"watch {first.run}{platform.cli_option}")):
        ended = watch(make_reader(first, where), usual, terminal, choose_pause(where))
    if as_json:
        print_json(build_run_document(ended))
    else:
        if ended.error:
            print_failure(ended, platform.cli_option)
        click.echo(f"  {format_end(ended)}")
    return 1 if ended.outcome == "failed" else 0


def watch(read_run: ReadRun, usual: Mapping[str, float], terminal: Terminal, pause: float) -> Run:
    """Tell each job as it ends; the run once it has. On a terminal a bar shows the job that runs."""
    told: set[str] = set()
    try:
        while (run := read_run()).status in GOING:
            _tell_ended(run, told, usual, terminal)
            _pass(run, usual, terminal, pause)
        _tell_ended(run, told, usual, terminal)
    finally:
        terminal.paint("")
    return run


def _tell_ended(run: Run, told: set[str], usual: Mapping[str, float], terminal: Terminal) -> None:
    for job in run.jobs:
        if job.status not in BUSY and job.name not in told:
            told.add(job.name)
            terminal.paint("")
            terminal.write_line(_ended(job, usual.get(job.step)))


def _pass(run: Run, usual: Mapping[str, float], terminal: Terminal, pause: float) -> None:
    """Let `pause` seconds go by, with a bar where someone sees it."""
    busy = [job for job in run.jobs if job.status in BUSY]
    if not (terminal.is_live and busy):
        polling.wait(pause)
        return
    job = busy[-1]
    for turn in range(round(pause * TICKS)):
        terminal.paint(format_progress(job.step, max(0.0, polling.now() - job.started), usual.get(job.step), turn=turn))
        polling.wait(1 / TICKS)


def _ended(job: Job, usual: float | None) -> str:
    good = job.status == "Completed"
    mark = click.style("✓", fg="green") if good else click.style("✗", fg="red")
    compared = f"  (usually {format_duration(usual)})" if usual and good else ""
    return f"  {mark} {job.step:<10}  {format_duration(job.seconds):>8}{compared}" + (
        "" if good else f"  {job.status.lower()}"
    )
