"""A run as text for people and as JSON, for the commands that print runs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from pushtrain.cli.terminal.candidate_text import format_candidates
from pushtrain.cli.terminal.echo import echo
from pushtrain.cli.terminal.hints import find_program
from pushtrain.config.conditions import CHAMPION
from pushtrain.decide.verdict import FAILED
from pushtrain.record import SameRun
from pushtrain.runs import Job, Run, find_advice
from pushtrain.runs.failure import CANDIDATES, EVERY_CANDIDATE_FAILED

VERDICT_KEYS = ("passed", "reason", "candidate", "choose", "champion", "conditions", "tuned", "serving")


def build_run_document(run: Run) -> dict[str, Any]:
    """Return a run as `run --json` and `runs watch --json` print it. Only a run with candidates has that key."""
    jobs = [_build_job(job) for job in run.jobs]
    error = msgspec.to_builtins(run.error) if run.error else None
    candidates = (
        {"candidates": [msgspec.to_builtins(candidate) for candidate in run.candidates]} if run.candidates else {}
    )
    document = {"metrics": dict(run.metrics), "jobs": jobs, "error": error, **candidates}
    return {**build_run_summary(run), **_build_gate(run), **document}


def _build_gate(run: Run) -> dict[str, Any]:
    """Return why a run registered nothing, and the verdict on it. Only a run that has them has these keys.

    Metrics and candidates of the verdict have keys of the run.
    """
    reason = {"reason": run.reason} if run.outcome == "not_registered" else {}
    if run.verdict is None:
        return reason
    document = msgspec.to_builtins(run.verdict)
    verdict = {key: document[key] for key in VERDICT_KEYS}
    for condition, result in zip(verdict["conditions"], run.verdict.conditions, strict=True):
        condition["difference"] = result.difference
    return {**reason, "verdict": verdict}


def _build_job(job: Job) -> dict[str, Any]:
    """Return a job as JSON. Only a job that searched has the key `trials`."""
    trials = {"trials": [msgspec.to_builtins(trial) for trial in job.trials]} if job.trials else {}
    return {"step": job.step, "name": job.name, "status": job.status, "seconds": job.seconds, **trials}


def build_run_summary(run: Run) -> dict[str, Any]:
    """Return the keys that every JSON document of a run begins with. Only an experiment has the key `experiment`.

    Only a run that reproduces a version has the key `reproduces`.
    """
    return {
        "run": run.run,
        "status": run.status,
        "outcome": run.outcome or None,
        "model_version": run.model_version,
        **({} if run.experiment is None else {"experiment": dict(run.experiment)}),
        **({} if run.reproduces is None else {"reproduces": msgspec.to_builtins(run.reproduces)}),
    }


def format_run_end(run: Run, platform_option: str) -> list[str]:
    """Return lines about the end of a run: its candidates, why it failed, and the line of `format_end`."""
    candidates = [*format_candidates(run), *list_logs(run, platform_option)]
    failure = format_failure(run, platform_option) if run.error else ()
    return [*candidates, *failure, format_end(run)]


def list_logs(run: Run, platform_option: str) -> list[str]:
    """Return the command for the log of each job without which the run goes on: of a candidate, or of the champion."""
    failed = [(candidate.name, candidate.find_failed_job(run.jobs)) for candidate in run.candidates]
    if run.verdict and run.verdict.champion and run.verdict.champion.status == FAILED:
        failed.append(("the champion", _find_failed_champion(run)))
    return [
        f"log of {name}: {find_program()} runs logs {run.run} --step {job.step}{platform_option}"
        for name, job in failed
        if job
    ]


def _find_failed_champion(run: Run) -> Job | None:
    """Return the job that evaluated the champion, or the champion as the candidate that it was, if it failed."""
    names = {CHAMPION, *(f"{CHAMPION}-{candidate.name}" for candidate in run.candidates)}
    return next((job for job in run.jobs if job.step in names and job.status == "Failed"), None)


def format_reason(run: Run) -> str:
    """Return why a run failed, without the reasons of its candidates: `format_candidates` has them."""
    assert run.error is not None  # noqa: S101 - the callers check it
    return EVERY_CANDIDATE_FAILED if run.candidates and run.error.step == CANDIDATES else run.error.reason


def format_end(run: Run) -> str:
    """Return one line about the end of a run, such as `registered as version 3`, or its status if it goes on."""
    if run.outcome == "registered":
        return f"registered as version {run.model_version}"
    if run.outcome == "not_registered":
        return f"not registered: {run.reason}"
    return run.status.lower()


def format_same(run: Run | SameRun) -> str:
    """Return which earlier run a push only repeats: `same as run 3f2a8c0d1e4b-9c1d22, version 3`."""
    return f"same as run {run.run}, {format_version(run.model_version)}"


def format_version(model_version: int | None) -> str:
    """Return which version a run registered: `version 3`, or `not registered`."""
    return "not registered" if model_version is None else f"version {model_version}"


def format_experiment(experiment: Mapping[str, Any]) -> str:
    """Return what an experiment set, and that it registers nothing: `train.spot=true, registers nothing`."""
    values = [f"{path}={json.dumps(value, ensure_ascii=False)}" for path, value in experiment.items()]
    return ", ".join((*values, "registers nothing"))


def format_outcome(run: Run) -> str:
    """Return the outcome of a run as tables print it, such as `registered 3`, or its status if it goes on."""
    mark = "" if run.experiment is None else " · experiment"
    if run.reproduces:
        mark = f" · reproduces {run.reproduces.model_version}"
    return f"{_format_outcome(run)}{mark}"


def _format_outcome(run: Run) -> str:
    if run.status == "ABORTED":
        return "stopped"
    if run.outcome == "registered":
        return f"registered {run.model_version}"
    return run.outcome.replace("_", " ") or run.status.lower().replace("_", " ")


def format_failure(run: Run, platform_option: str) -> list[str]:
    """Return lines about a failed run: the step and the reason, where the log is, and what to try.

    `platform_option` names the platform in the command that shows the log, such as ` --environment dev`.
    """
    assert run.error is not None  # noqa: S101 - the callers check it
    error, suggestion = run.error, find_advice(run.error.reason)
    log = f"log  {error.log}: {find_program()} runs logs {run.run} --step {error.step}{platform_option}"
    return [
        f"{error.step} failed: {format_reason(run)}",
        *([log] if error.log else []),
        *([f"try  {suggestion}"] if suggestion else []),
    ]


def print_failure(run: Run, platform_option: str) -> None:
    """Print the lines of `format_failure`."""
    for line in format_failure(run, platform_option):
        echo(f"  {line}")
