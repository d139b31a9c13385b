"""`pushtrain runs show`: print all that is known about one run: push, definition, jobs, cost, metrics and end."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from pushtrain.cli import completion
from pushtrain.cli.options import open_platform, platform_options
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.candidate_text import format_candidates
from pushtrain.cli.terminal.echo import echo, secho
from pushtrain.cli.terminal.hints import find_program
from pushtrain.cli.terminal.job_text import describe_instances, list_job_lines, list_search_lines, number_attempts
from pushtrain.cli.terminal.origin_text import build_origin_document, list_data_facts, print_steps
from pushtrain.cli.terminal.progress import format_duration, measure_steps
from pushtrain.cli.terminal.reuse_text import format_reuse
from pushtrain.cli.terminal.run_text import (
    build_run_document,
    format_end,
    format_experiment,
    list_logs,
    print_failure,
)
from pushtrain.cli.terminal.tables import print_metrics, print_table
from pushtrain.cli.terminal.time_text import format_minute, format_time
from pushtrain.cli.terminal.verdict_text import format_verdict
from pushtrain.config.values.money import Money
from pushtrain.errors import RunNotFound
from pushtrain.platform import Platform
from pushtrain.record import UNKNOWN, ComparedModel, RunRecord, omit_unknown
from pushtrain.runs import Run, compute_run_cost, find_recorded_run, find_run
from pushtrain.visible import show_on_line

if TYPE_CHECKING:
    from pushtrain.lineage import Origin
    from pushtrain.runs import ReusedSearch, StepExplanation

HASH_LENGTH = 12  # characters of a revision or a commit that are printed


@click.command("show")
@click.argument("run", shell_complete=completion.complete_runs)
@click.option("--why", is_flag=True, help="Also say why each step with `cache` ran, or what it was reused from.")
@click.option("--inputs", is_flag=True, help="Also print image, parameters and packages of each step.")
@platform_options
@json_option
def command(run: str, why: bool, inputs: bool, local: bool, store: Path, environment: str, as_json: bool) -> None:
    """Show one run: its push, jobs, cost, metrics, and why it failed.

    RUN may be the beginning of its id. A run that Step Functions no longer has, after 90 days, is read from its
    result.json.
    """
    with open_platform(local, store, environment) as platform:
        recorded = None
        try:
            shown_run = find_run(platform, run)
            cost = None if local else compute_run_cost(platform, shown_run.jobs)
        except RunNotFound:
            recorded = find_recorded_run(platform, run)
            if recorded is None:
                raise
            shown_run, cost = recorded.run, recorded.cost
        costs = None if local or recorded else _compute_candidate_costs(platform, shown_run)
        explanations = explain(platform, shown_run) if why or as_json or shown_run.input.get("reuse") else ()
        origin = read_run_origin(platform, shown_run)
        compared = read_compared_model(platform, shown_run)
        searches = read_searches(platform, shown_run)
    if as_json:
        reuse = [_build_explanation(explanation, searches) for explanation in explanations]
        document = build_document(shown_run, cost) | {"reuse": reuse}
        if shown_run.reproduces:
            document["compared"] = msgspec.to_builtins(compared) if compared else None
        print_json(document | {"origin": build_origin_document(origin)})
        return
    note = "read from its result.json: Step Functions no longer has this run" if recorded else ""
    lines = [*format_candidates(shown_run, costs), *list_logs(shown_run, platform.cli_option)]
    shown_steps = [step for step in explanations if why or not step.reason]
    _print_run(shown_run, note, lines, origin, shown_steps, searches)
    if inputs and origin:
        print_steps(origin)
    if shown_run.jobs and not local:
        echo(f"  cost        {_format_cost(cost, shown_run, platform)}")
    _print_verdict(shown_run)
    if compared:
        echo(f"  compared    {compared}")
    _print_serving_test(shown_run)
    if shown_run.error:
        print_failure(shown_run, platform.cli_option)
    echo(f"  {format_end(shown_run)}")


def _print_verdict(run: Run) -> None:
    """Print the metrics, then the gate with the champion."""
    if run.metrics:
        echo("  metrics")
        print_metrics(run.metrics)
    for line in format_verdict(run.verdict):
        echo(show_on_line(f"  {line}"))


def _print_serving_test(run: Run) -> None:
    if run.verdict and run.verdict.serving:
        echo(f"  serving     {show_on_line(run.verdict.serving.describe())}")
        for comparison in run.verdict.serving.comparisons:
            echo(f"  {comparison.label:<10}  {show_on_line(comparison.describe())}")


def explain(platform: Platform, run: Run) -> tuple[StepExplanation, ...]:
    """Return what each step with `cache` was reused from, or why it ran."""
    from pushtrain.runs import explain_run

    return explain_run(platform, run.model, run.run)


def read_searches(platform: Platform, run: Run) -> tuple[ReusedSearch, ...]:
    """Return the searches of earlier runs whose best trial the run reused."""
    if not run.input.get("reuse"):
        return ()
    from pushtrain.runs import read_reused_searches, read_run_record

    record = read_run_record(platform, run.model, run.run)
    return read_reused_searches(platform, run.model, record.reuse.items()) if record else ()


def _build_explanation(explanation: StepExplanation, searches: Sequence[ReusedSearch]) -> dict[str, Any]:
    """Return the JSON of a step with `cache`. Only a reused step that searched has the key `trials`."""
    trials = next((search.trials for search in searches if search.step == explanation.step), ())
    document: dict[str, Any] = msgspec.to_builtins(explanation)
    return document | ({"trials": [msgspec.to_builtins(trial) for trial in trials]} if trials else {})


def read_run_origin(platform: Platform, run: Run) -> Origin | None:
    """Return what a run came from; None if somebody started it by hand."""
    from pushtrain.lineage import read_origin

    return read_origin(platform, run.model, run.run)


def read_compared_model(platform: Platform, run: Run) -> ComparedModel | None:
    """Return how equal the model of a reproduction is to the version; None if the run is none, or nobody knows."""
    if not run.reproduces:
        return None
    from pushtrain.reproduction.outcome import read_outcome

    return read_outcome(platform, run.model, run.run)


def build_document(run: Run, cost: Money | None) -> dict[str, Any]:
    """Return the JSON: the keys of `run --json`, and those that only `runs show` prints. `cost` is None if unknown."""
    document = build_run_document(run)
    for job_document, (job, attempt) in zip(document["jobs"], number_attempts(run.jobs), strict=True):
        job_document |= {
            "attempt": attempt,
            **describe_instances(job),
            "started": format_time(job.started) if job.started else None,
        }
    return document | {
        "model": run.model,
        "started": format_time(run.started),
        "seconds": run.seconds,
        "definition_version": run.definition_version,
        "redrives": run.redrives,
        "cost": {"amount": str(cost.amount), "currency": cost.currency} if cost else None,
        "input": run.input,
    }


def _compute_candidate_costs(platform: Platform, run: Run) -> dict[str, Money | None]:
    return {candidate.name: compute_run_cost(platform, candidate.select_jobs(run.jobs)) for candidate in run.candidates}


def _print_run(
    run: Run,
    note: str,
    candidate_lines: Sequence[str],
    origin: Origin | None,
    explanations: Sequence[StepExplanation],
    searches: Sequence[ReusedSearch],
) -> None:
    """Print the candidates, the push, the data, the definition and the jobs, and what was reused.

    `note` says where this was read.
    """
    secho(f"{run.model} · run {run.run} · {run.status}", bold=True)
    if note:
        echo(f"  {note}")
    for line in candidate_lines:
        echo(f"  {line}")
    experiment = [] if run.experiment is None else [("  experiment", format_experiment(run.experiment))]
    if run.reproduces:
        experiment = [("  reproduces", f"version {run.reproduces.model_version} of run {run.reproduces.run}")]
    push = _format_push(RunRecord.from_execution_input(run.input))
    print_table([*push, *experiment, *_format_start(run)])
    if origin and origin.data:
        print_table([(f"  {name}", text) for name, text in list_data_facts(origin.data)])
    width = measure_steps([*(step.step for step in explanations), *(job.step for job in run.jobs)])
    for line in format_reuse(explanations, width=width):
        echo(f"  {line}")
    for line in [*list_search_lines(searches, width), *list_job_lines(run.jobs, width)]:
        echo(f"  {line}")
    if not run.jobs and not explanations:
        echo("  no job")


def _format_push(record: RunRecord) -> list[tuple[str, str]]:
    """Return table rows about the push. Texts of the record are empty if somebody started the run by hand."""
    environment = f" · environment {record.environment}" if record.environment else ""
    changes = " and changes" if record.git.dirty else ""
    rows = {
        "  pushed": f"revision {(record.revision or UNKNOWN)[:HASH_LENGTH]}{environment}",
        "  commit": f"{record.git.commit[:HASH_LENGTH]}{changes}" if omit_unknown(record.git.commit) else "",
        "  by": omit_unknown(record.pushed_by),
        "  resumed": ", ".join(f"{step} from the checkpoints of {run}" for step, run in record.resumed_from.items()),
    }
    return [(name, text) for name, text in rows.items() if text]


def _format_start(run: Run) -> list[tuple[str, str]]:
    """Return table rows: when the run started and how long it took, and the definition that it executed."""
    version = f"version {run.definition_version}" if run.definition_version else "of no version"
    redrives = {0: "", 1: " · redriven once"}.get(run.redrives, f" · redriven {run.redrives} times")
    return [
        ("  started", f"{format_minute(run.started)} UTC · {format_duration(run.seconds)}"),
        ("  definition", f"{version}{redrives}"),
    ]


def _format_cost(cost: Money | None, run: Run, platform: Platform) -> str:
    if cost is None:
        return f"unknown: `{find_program()} prices list{platform.cli_option}` shows what has a price"
    so_far = " so far" if run.status in {"RUNNING", "PENDING_REDRIVE"} else ""
    return f"{cost}{so_far} for instances, without disks, storage and taxes"
