"""`pushtrain runs redrive --failed`: show the failed runs, ask, and redrive those that can be redriven."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import click
from msgspec.structs import replace

from pushtrain.cli.terminal.echo import echo
from pushtrain.cli.terminal.hints import find_program
from pushtrain.cli.terminal.tables import print_table
from pushtrain.cli.terminal.time_text import format_minute, format_time
from pushtrain.errors import OperatorError
from pushtrain.platform import Platform
from pushtrain.runs import RedriveCandidate, redrive_run


def show_and_redrive(
    candidates: Sequence[RedriveCandidate], platform: Platform, *, is_confirmed: bool, as_json: bool
) -> int:
    """Print the failed runs and redrive them, after a question unless `is_confirmed`. Return the exit code.

    Without a terminal, or with `as_json`, nobody can answer: then nothing is redriven unless `is_confirmed`.
    """
    redrivable = [candidate for candidate in candidates if candidate.redrive]
    if not as_json:
        _print_candidates(candidates)
    if not is_confirmed and redrivable and not as_json and sys.stdin.isatty():
        is_confirmed = click.confirm(f"Redrive {len(redrivable)} of them?", err=True)
    ends = [_redrive(candidate, platform, is_silent=as_json) for candidate in redrivable] if is_confirmed else []
    ends_by_run = {end.run.run: end for end in ends}
    if as_json:
        _print_document(candidates, ends_by_run)
    elif redrivable and not is_confirmed:
        echo("nothing was redriven: add --yes to redrive them", err=True)
    elif ends:
        echo(f"next      {find_program()} runs list --status running{platform.cli_option}")
    return 1 if any(end.refusal for end in ends) else 0


def _redrive(candidate: RedriveCandidate, platform: Platform, *, is_silent: bool) -> RedriveCandidate:
    """Redrive one run. The result has a refusal if AWS does not redrive it; the others are redriven nevertheless."""
    from botocore.exceptions import ClientError

    run = candidate.run
    try:
        redrive = redrive_run(platform, run)
    except (OperatorError, ClientError) as error:
        refusal = " ".join(str(error).split())
        if not is_silent:
            echo(f"failed    {run.model} · run {run.run}: {refusal}", err=True)
        return replace(candidate, redrive=None, refusal=refusal)
    if not is_silent:
        echo(f"redriven  {run.model} · run {run.run} goes on at {redrive.state!r}")
    return replace(candidate, redrive=redrive)


def _print_candidates(candidates: Sequence[RedriveCandidate]) -> None:
    rows = [
        (
            candidate.run.model,
            candidate.run.run,
            format_minute(candidate.run.started),
            candidate.redrive.state,
            candidate.run.error.reason if candidate.run.error else "",
        )
        for candidate in candidates
        if candidate.redrive
    ]
    if rows:
        print_table([("MODEL", "RUN", "STARTED", "GOES ON AT", "FAILED BECAUSE"), *rows], narrow=4)
    else:
        echo("no failed run of the last 14 days can be redriven")
    for candidate in candidates:
        if candidate.refusal:
            echo(f"left out  {candidate.refusal}", err=True)


def _print_document(candidates: Sequence[RedriveCandidate], ends_by_run: dict[str, RedriveCandidate]) -> None:
    from pushtrain.cli.output import print_json

    print_json([_build_document(candidate, ends_by_run.get(candidate.run.run)) for candidate in candidates])


def _build_document(candidate: RedriveCandidate, end: RedriveCandidate | None) -> dict[str, Any]:
    run, redrive = candidate.run, candidate.redrive
    is_redriven = bool(end and end.redrive)
    return {
        "model": run.model,
        "run": run.run,
        "started": format_time(run.started),
        "reason": run.error.reason if run.error else None,
        "state": redrive.state if redrive else None,
        "runs_again": list(redrive.stopped_states) if redrive else [],
        "redriven": is_redriven,
        "redrives": run.redrives + is_redriven,
        "refused": (end.refusal if end else candidate.refusal) or None,
    }
