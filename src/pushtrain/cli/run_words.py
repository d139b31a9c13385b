"""A run in words and as JSON, as several commands tell it."""

from __future__ import annotations

import dataclasses
from typing import Any

import click

from pushtrain.cli.options import program
from pushtrain.runs import Run


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


def tell_failure(run: Run, *, local: bool) -> None:
    """What failed, why, where its log is, and what to try."""
    from pushtrain.runs import advice

    assert run.error is not None  # noqa: S101 - the caller looked
    click.echo(f"  {run.error.step} failed: {run.error.reason}")
    if run.error.log:
        where = " --local" if local else ""
        click.echo(f"  log  {run.error.log}: {program()} runs logs {run.run} --step {run.error.step}{where}")
    if text := advice(run.error.reason):
        click.echo(f"  try  {text}")


def ending(run: Run) -> str:
    """How a run ended, in a word or two for a table."""
    if run.status == "ABORTED":
        return "stopped"
    if run.outcome == "registered":
        return f"registered {run.model_version}"
    return run.outcome.replace("_", " ") or run.status.lower().replace("_", " ")
