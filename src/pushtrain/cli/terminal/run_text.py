"""A run in words and as JSON, as several commands tell it."""

from __future__ import annotations

import dataclasses
from typing import Any

import click

from pushtrain.cli.terminal.hints import find_program
from pushtrain.runs import Run


def build_run_document(run: Run) -> dict[str, Any]:
    """A run as `run --json` and `runs show --json` give it."""
    jobs = [{"step": j.step, "name": j.name, "status": j.status, "seconds": j.seconds} for j in run.jobs]
    error = dataclasses.asdict(run.error) if run.error else None
    return {**build_run_summary(run), "metrics": dict(run.metrics), "jobs": jobs, "error": error}


def build_run_summary(run: Run) -> dict[str, Any]:
    """The head of a run's JSON."""
    return {
        "run": run.run,
        "status": run.status,
        "outcome": run.outcome or None,
        "model_version": run.model_version,
    }


def format_end(run: Run) -> str:
    """How a run ended, in a line."""
    if run.outcome == "registered":
        return f"registered as version {run.model_version}"
    if run.outcome == "not_registered":
        return f"not registered: {run.reason}"
    return run.status.lower()


def format_failure(run: Run, where: str) -> list[str]:
    """What failed and why, where its log is, and what to try; a line each. `where` is the option that finds the run."""
    from pushtrain.runs import find_advice

    assert run.error is not None  # noqa: S101 - the caller looked
    error, tried = run.error, find_advice(run.error.reason)
    log = f"log  {error.log}: {find_program()} runs logs {run.run} --step {error.step}{where}"
    return [
        f"{error.step} failed: {error.reason}",
        *([log] if error.log else []),
        *([f"try  {tried}"] if tried else []),
    ]


def print_failure(run: Run, where: str) -> None:
    """The same, printed."""
    for line in format_failure(run, where):
        click.echo(f"  {line}")


def format_outcome(run: Run) -> str:
    """How a run ended, in a word or two for a table."""
    if run.status == "ABORTED":
        return "stopped"
    if run.outcome == "registered":
        return f"registered {run.model_version}"
    return run.outcome.replace("_", " ") or run.status.lower().replace("_", " ")
