"""The trials of a search as lines for people: the best one first, then the others by their value."""

from __future__ import annotations

from collections.abc import Sequence

from pushtrain.cli.terminal.progress import format_duration
from pushtrain.cli.terminal.tables import GAP, measure_cell, pad
from pushtrain.record import Trial, shorten_hyperparameter
from pushtrain.runs import sort_trials

MOST = 5  # trials that are listed; `--json` and the report have all


def format_trials(trials: Sequence[Trial], most: int = MOST) -> list[str]:
    """Return a line for each of the best trials, then how many are not listed; empty without trials."""
    ordered = sort_trials(trials)
    rows = [
        (
            f"trial {trial.number}",
            "–" if trial.value is None else f"{trial.value:.6g}",
            *(f"{name} {shorten_hyperparameter(text)}" for name, text in trial.hyperparameters.items()),
            format_duration(trial.seconds),
            "best" if trial.is_best else f"{trial.status.lower()}: {trial.reason}" if trial.reason else "",
        )
        for trial in ordered[:most]
    ]
    widths = [max(map(measure_cell, column)) for column in zip(*rows, strict=True)]
    lines = [GAP.join(pad(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    failed = sum(trial.value is None for trial in trials)
    if len(trials) > most:
        note = f", {failed} of all failed" if failed else ""
        plural = "s" if len(trials) - most > 1 else ""
        lines.append(f"{len(trials) - most} more trial{plural}{note}: the report and --json have all")
    return lines
