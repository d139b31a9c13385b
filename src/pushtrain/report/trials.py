"""The tables of trials in a report, one for each step that searched: values, time, and why a trial failed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup
from msgspec import Struct

from pushtrain.record import Trial, shorten_hyperparameter
from pushtrain.report.parallel import draw_trials
from pushtrain.report.scale import format_duration, format_number
from pushtrain.runs import Job, ReusedSearch, sort_trials


class TrialTable(Struct, frozen=True, kw_only=True):
    """Heads and rows of the table of one step, all cells as texts, and the drawing of its trials.

    `best` is the index of the best trial, if any; `drawing` is None if there are too few trials to compare. `run` is
    the earlier run that searched; empty if it was this one.
    """

    step: str
    drawing: Markup | None
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    best: int | None
    run: str = ""


def build_trial_tables(
    jobs: Iterable[Job], reused_searches: Iterable[ReusedSearch], t: Mapping[str, str]
) -> list[TrialTable]:
    """Return a table for each search, the best trial first: those of the run's jobs, then those that it reused.

    `t` has the page's texts.
    """
    searches: list[tuple[str, Sequence[Trial], Mapping[str, Any], str]] = [
        *((job.step, sort_trials(job.trials), job.described, "") for job in jobs if job.trials),
        *((search.step, sort_trials(search.trials), {}, search.run) for search in reused_searches),
    ]
    return [
        _build_table(step, ordered, draw_trials(ordered, request, f"trials-{number}-drawing", t), run, t)
        for number, (step, ordered, request, run) in enumerate(searches, 1)
    ]


def _build_table(
    step: str, ordered: Sequence[Trial], drawing: Markup | None, run: str, t: Mapping[str, str]
) -> TrialTable:
    names = sorted({name for trial in ordered for name in trial.hyperparameters})
    metric = next((trial.metric for trial in ordered if trial.metric), t["value"])
    return TrialTable(
        step=step,
        drawing=drawing,
        head=(t["trial"], metric, *names, t["time"], t["remark"]),
        rows=tuple(_build_row(trial, names, t) for trial in ordered),
        best=0 if ordered[0].is_best else None,
        run=run,
    )


def _build_row(trial: Trial, names: Iterable[str], t: Mapping[str, str]) -> tuple[str, ...]:
    return (
        str(trial.number),
        "" if trial.value is None else format_number(trial.value),
        *(shorten_hyperparameter(trial.hyperparameters.get(name, "")) for name in names),
        format_duration(trial.seconds) if trial.seconds else "",
        t["trial_best"] if trial.is_best else trial.reason,
    )
