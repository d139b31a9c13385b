"""`pushtrain runs`: what became of runs, or becomes of them now, and their logs."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from pushtrain.cli import completion
from pushtrain.cli.options import json_option, place, place_options, print_json, program, show_metrics, table
from pushtrain.runs import Job, Run, find_run

PAUSE, LOCAL_PAUSE = 5.0, 1.0  # seconds between two looks at AWS, at this machine


@click.group("runs")
def command() -> None:
    """Runs: list, show, watch, logs."""


@command.command("list")
@click.argument("model", required=False, shell_complete=completion.models)
@click.option("--limit", type=click.IntRange(min=1), default=100, show_default=True, help="Only the newest so many.")
@place_options
@json_option
def list_(model: str | None, limit: int, local: bool, store: Path, environment: str, as_json: bool) -> None:
    """List runs, oldest first."""
    from pushtrain.runs import list_runs

    with place(local, store, environment) as platform:
        found = list_runs(platform, model, limit)
    if as_json:
        print_json([{"model": run.model, **summary(run), "started": _time(run.started)} for run in found])
    elif not found:
        click.echo(f"no run yet{f' of {model}' if model else ''}{f' in {store}' if local else ''}")
    else:
        rows = [(run.model, run.run, _ended(run), f"{run.seconds:.1f} s", _time(run.started)) for run in found]
        table([("MODEL", "RUN", "OUTCOME", "TIME", "STARTED"), *rows])


@command.command("show")
@click.argument("run", shell_complete=completion.runs)
@place_options
@json_option
def show(run: str, local: bool, store: Path, environment: str, as_json: bool) -> None:
    """Show one run: its jobs, metrics, and why it failed. RUN may be the beginning of its id."""
    with place(local, store, environment) as platform:
        found = find_run(platform, run)
    if as_json:
        print_json(document(found) | {"model": found.model, "input": found.input})
        return
    click.secho(f"{found.model} · run {found.run} · {found.status}", bold=True)
    table([(f"  {job.step}", job.status, f"{job.seconds:.1f} s", job.name) for job in found.jobs] or [("  no job",)])
    if found.metrics:
        click.echo("  metrics")
        show_metrics(found.metrics)
    if found.error:
        _tell_failure(found, local=local)
    click.echo(f"  {verdict(found)}")


def _tell_failure(run: Run, *, local: bool) -> None:
    """What failed, why, where its log is, and what to try."""
    from pushtrain.runs import advice

    assert run.error is not None  # noqa: S101 - the caller looked
    click.echo(f"  {run.error.step} failed: {run.error.reason}")
    if run.error.log:
        where = " --local" if local else ""
        click.echo(f"  log  {run.error.log}: {program()} runs logs {run.run} --step {run.error.step}{where}")
    if text := advice(run.error.reason):
        click.echo(f"  try  {text}")


@command.command("watch")
@click.argument("run", shell_complete=completion.runs)
@place_options
@json_option
def watch_(run: str, as_json: bool, **where: Any) -> int:
    """Watch a run until it has ended. Ctrl-C ends the watching, not the run.

    Exit code 1 when the run failed. Each step is compared with what it took in the last runs.
    """
    from pushtrain.cli.runs_follow import watch
    from pushtrain.cli.terminal import Terminal
    from pushtrain.runs import usual_seconds

    with place(**where) as platform:
        first = find_run(platform, run)
        usual = usual_seconds(platform, first.model, but=first.run)
    terminal = Terminal(sys.stderr if as_json else sys.stdout)
    terminal.say(f"{first.model} · run {first.run}")
    ended = watch(_look(first, where), usual, terminal, _pause(where))
    if as_json:
        print_json(document(ended))
    else:
        if ended.error:
            _tell_failure(ended, local=where["local"])
        click.echo(f"  {verdict(ended)}")
    return 1 if ended.outcome == "failed" else 0


def _look(run: Run, where: Mapping[str, Any]) -> Callable[[], Run]:
    """This machine's store is opened anew each time: another process writes it."""
    from pushtrain.runs import show_run

    def look() -> Run:
        with place(**where) as platform:
            return show_run(platform, run.model, run.run)

    return look


def _pause(where: Mapping[str, Any]) -> float:
    return LOCAL_PAUSE if where["local"] else PAUSE


def _follow(run: Run, step: str | None, where: Mapping[str, Any]) -> None:
    from pushtrain.cli.runs_follow import follow_logs
    from pushtrain.runs import new_lines

    tokens: dict[str, str] = {}

    def read(job: Job) -> list[str]:
        if step not in {None, job.step}:
            return []
        with place(**where) as platform:
            return list(new_lines(platform, job, tokens))

    follow_logs(_look(run, where), read, _pause(where))


@command.command("logs")
@click.argument("run", shell_complete=completion.runs)
@click.option("--step", help="Only this step, such as train.")
@click.option("--follow", "-f", is_flag=True, help="Go on printing until the run has ended.")
@place_options
@json_option
def logs(run: str, step: str | None, follow: bool, as_json: bool, **where: Any) -> None:
    """Print the logs of a run's jobs."""
    if follow and as_json:
        raise click.UsageError("--follow prints lines as they come, and --json is one document: leave one out")
    if follow:
        with place(**where) as platform:
            first = find_run(platform, run)
        _follow(first, step, where)
        return
    from pushtrain.runs import log_lines

    with place(**where) as platform:
        found = find_run(platform, run)
        jobs = [job for job in found.jobs if step in {None, job.step}]
        if not jobs:
            said = f"run {found.run} has no job of step {step!r}" if step else "this run has no job yet"
            raise click.UsageError(said)
        if as_json:
            print_json([{"step": j.step, "job": j.name, "lines": list(log_lines(platform, j))} for j in jobs])
            return
        for job in jobs:
            click.secho(f"{job.step} · {job.name} · {job.status}", bold=True, err=True)
            for line in log_lines(platform, job):
                click.echo(line)


def document(run: Run) -> dict[str, Any]:
    """A run as `run --json` and `runs show --json` give it."""
    jobs = [{"step": j.step, "name": j.name, "status": j.status, "seconds": j.seconds} for j in run.jobs]
    error = dataclasses.asdict(run.error) if run.error else None
    return {**summary(run), "metrics": dict(run.metrics), "jobs": jobs, "error": error}


def summary(run: Run) -> dict[str, Any]:
    """The head of a run's JSON."""
    return {
        "run": run.run,
        "status": run.status,
        "outcome": run.outcome or None,
        "model_version": run.model_version,
    }


def verdict(run: Run) -> str:
    """How a run ended, in a line."""
    if run.outcome == "registered":
        return f"registered as version {run.model_version}"
    if run.outcome == "not_registered":
        return f"not registered: {run.reason}"
    return run.status.lower()


def _ended(run: Run) -> str:
    if run.status == "ABORTED":
        return "stopped"
    if run.outcome == "registered":
        return f"registered, version {run.model_version}"
    return run.outcome.replace("_", " ") or run.status.lower()


def _time(epoch: float) -> str:
    return datetime.fromtimestamp(epoch, UTC).isoformat(timespec="seconds")
