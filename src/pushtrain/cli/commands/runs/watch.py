"""`runs watch` and `runs logs --follow`: a run looked at again and again until it has ended. Starts and stops nothing.

In: a way to look, which asks AWS (or this machine's store) anew. Out: lines on a terminal or a pipe.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import click

from pushtrain.cli.terminal.progress import clock, progress
from pushtrain.cli.terminal.stream import Terminal
from pushtrain.runs import Job, Run

GOING = frozenset({"RUNNING", "PENDING_REDRIVE"})
BUSY = frozenset({"InProgress", "Stopping"})
TICKS = 5  # repaints in a second

Look = Callable[[], Run]


def wait(seconds: float) -> None:
    """Apart, so that a test can put what happens meanwhile in its place."""
    time.sleep(seconds)


def now() -> float:
    """The epoch, apart for the same reason."""
    return time.time()


def watch(look: Look, usual: Mapping[str, float], terminal: Terminal, pause: float) -> Run:
    """Tell each job as it ends; the run once it has. On a terminal a bar shows the job that runs."""
    told: set[str] = set()
    try:
        while (run := look()).status in GOING:
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
            terminal.say(_ended(job, usual.get(job.step)))


def _pass(run: Run, usual: Mapping[str, float], terminal: Terminal, pause: float) -> None:
    """Let `pause` seconds go by, with a bar where someone sees it."""
    busy = [job for job in run.jobs if job.status in BUSY]
    if not (terminal.live and busy):
        wait(pause)
        return
    job = busy[-1]
    for turn in range(round(pause * TICKS)):
        terminal.paint(progress(job.step, max(0.0, now() - job.started), usual.get(job.step), turn=turn))
        wait(1 / TICKS)


def _ended(job: Job, usual: float | None) -> str:
    good = job.status == "Completed"
    mark = click.style("✓", fg="green") if good else click.style("✗", fg="red")
    compared = f"  (usually {clock(usual)})" if usual and good else ""
    return f"  {mark} {job.step:<10}  {clock(job.seconds):>8}{compared}" + ("" if good else f"  {job.status.lower()}")


def follow_logs(look: Look, read: Callable[[Job], list[str]], pause: float, step: str | None = None) -> Run:
    """Print what the jobs of `look`, or of one step, write, as it comes; the run once it has ended.

    `read` gives what is new of one job. A line names each job, but not the only one of a step.
    """
    going, heads = True, set[str]()
    while going:
        run = look()
        going = run.status in GOING
        if not going and heads:
            wait(pause)  # the last lines arrive after the job has ended
        for job in (each for each in run.jobs if step in {None, each.step}):
            lines = read(job)
            if lines and job.name not in heads:
                if step is None or heads:
                    click.secho(f"{job.step} · {job.name}", bold=True)
                heads.add(job.name)
            for line in lines:
                click.echo(line)
        if going:
            wait(pause)
    return run
