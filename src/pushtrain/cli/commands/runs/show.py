"""`pushtrain runs show`: the whole story of one run: push, definition, jobs, retries, cost, metrics, end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from pushtrain.catalog.job_kinds import read_instances
from pushtrain.cli import completion
from pushtrain.cli.options import open_platform, platform_options
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.hints import find_program
from pushtrain.cli.terminal.progress import format_duration
from pushtrain.cli.terminal.run_text import build_run_document, format_end, print_failure
from pushtrain.cli.terminal.tables import print_metrics, print_table
from pushtrain.cli.terminal.time_text import format_minute, format_time
from pushtrain.config.values.money import Money
from pushtrain.launch.launch import UNKNOWN
from pushtrain.platform import Platform
from pushtrain.runs import Job, Run, compute_run_cost, find_run

COMMIT = 12  # characters of a commit that are shown


@click.command("show")
@click.argument("run", shell_complete=completion.complete_runs)
@platform_options
@json_option
def command(run: str, local: bool, store: Path, environment: str, as_json: bool) -> None:
    """Show one run: its push, jobs, metrics, cost, and why it failed. RUN may be the beginning of its id."""
    with open_platform(local, store, environment) as platform:
        found = find_run(platform, run)
        cost = None if local else compute_run_cost(platform, found.jobs)
    if as_json:
        print_json(story(found, cost))
        return
    click.secho(f"{found.model} · run {found.run} · {found.status}", bold=True)
    print_table([*_pushed(found.input), *_began(found)])
    for job, attempt in attempts(found.jobs):
        click.echo(
            f"  {job.step:<10}  {job.status:<10}  {format_duration(job.seconds):>8}  {_machines(job, attempt)}".rstrip()
        )
        click.secho(f"              {job.name}", dim=True)
    if not found.jobs:
        click.echo("  no job")
    if found.jobs and not local:
        click.echo(f"  cost        {_cost(cost, found, platform)}")
    if found.metrics:
        click.echo("  metrics")
        print_metrics(found.metrics)
    if found.error:
        print_failure(found, platform.cli_option)
    click.echo(f"  {format_end(found)}")


def story(run: Run, cost: Money | None) -> dict[str, Any]:
    """`runs show --json`: the run as `run --json` gives it, and what it was told, ran and cost."""
    told = build_run_document(run)
    for job, (described, attempt) in zip(told["jobs"], attempts(run.jobs), strict=True):
        job |= {
            "attempt": attempt,
            **machines(described),
            "started": format_time(described.started) if described.started else None,
        }
    return told | {
        "model": run.model,
        "started": format_time(run.started),
        "seconds": run.seconds,
        "definition_version": run.definition_version,
        "redrives": run.redrives,
        "cost": {"amount": str(cost.amount), "currency": cost.currency} if cost else None,
        "input": run.input,
    }


def attempts(jobs: tuple[Job, ...]) -> Iterator[tuple[Job, int]]:
    """Each job with how often its step had been tried by then, itself included."""
    tried: Counter[str] = Counter()
    for job in jobs:
        tried[job.step] += 1
        yield job, tried[job.step]


def machines(job: Job) -> dict[str, Any]:
    """The machines a job asked for; None where SageMaker tells of none, as for a job that never was."""
    asked = read_instances(job.described)
    spot = bool(job.described.get("EnableManagedSpotTraining"))
    return {"instance": asked.get("InstanceType"), "instances": asked.get("InstanceCount"), "spot": spot}


def _machines(job: Job, attempt: int) -> str:
    of = machines(job)
    many = f" × {of['instances']}" if (of["instances"] or 1) > 1 else ""
    parts = (f"{of['instance'] or ''}{many}", "spot" if of["spot"] else "", f"try {attempt}" if attempt > 1 else "")
    return " · ".join(filter(None, parts))


def _pushed(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Of which push it is, and whose; a run that somebody started by hand may have been told anything."""
    git = told.get("git")
    git = git if isinstance(git, Mapping) else {}
    environment = f" · environment {told['environment']}" if told.get("environment") else ""
    changed = " and changes" if git.get("dirty") else ""
    rows = {
        "  pushed": f"revision {str(told.get('revision') or UNKNOWN)[:COMMIT]}{environment}",
        "  commit": f"{git['commit'][:COMMIT]}{changed}" if known(git.get("commit")) else "",
        "  by": told["pushed_by"] if known(told.get("pushed_by")) else "",
    }
    return [(name, text) for name, text in rows.items() if text]


def known(fact: object) -> bool:
    """Whether a run was told a fact."""
    return isinstance(fact, str) and fact not in {"", UNKNOWN}


def _began(run: Run) -> list[tuple[str, str]]:
    version = f"version {run.definition_version}" if run.definition_version else "of no version"
    times = {0: "", 1: " · redriven once"}.get(run.redrives, f" · redriven {run.redrives} times")
    return [
        ("  started", f"{format_minute(run.started)} UTC · {format_duration(run.seconds)}"),
        ("  definition", f"{version}{times}"),
    ]


def _cost(cost: Money | None, run: Run, platform: Platform) -> str:
    if cost is None:
        return f"unknown: `{find_program()} prices list{platform.cli_option}` shows what has a price"
    going = run.status in {"RUNNING", "PENDING_REDRIVE"}
    return f"{cost}{' so far' if going else ''} for machines, without disks, storage and taxes"
