"""All models and their versions -> one page to compare them on. Pure, but for the templates it reads.

In: a History for each model. Out: the HTML document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pushtrain.config import Config
from pushtrain.registry import ModelVersion
from pushtrain.report.chart import Chart, draw
from pushtrain.report.metrics import has_own_row
from pushtrain.report.page import format_time
from pushtrain.report.pages import phrase_formatter, render
from pushtrain.report.scale import format_number, format_tick
from pushtrain.report.translations import find_phrases
from pushtrain.report.verdict import Direction, find_direction, judge_conditions, read_directions, shorten_metric
from pushtrain.workflow.names import build_metric_key

METRICS = 3  # shown of a model that has no gate
DOTS = 200  # more of them are a smear; approved ones stand out all the same


@dataclass(frozen=True, kw_only=True)
class History:
    """The versions of a model, oldest first.

    `config` is that of the newest version, None where it is gone; `serving` the number of the version in serving;
    `files` tells where the report of a version lies, relative to the page.
    """

    model: str
    versions: Sequence[ModelVersion]
    config: Config | None = None
    serving: int | None = None
    files: Mapping[int, str]


def write_index(histories: Sequence[History], *, language: str = "en", now: datetime, pushtrain_version: str) -> str:
    """The page; `now` is when the registry was read, UTC, `pushtrain_version` the version of pushtrain."""
    t = find_phrases(language)
    say = phrase_formatter(t)
    return render(
        "index.html",
        language,
        script="sort.js",
        models=[_model(history, number, t) for number, history in enumerate(histories)],
        summary=say("models_summary", len(histories), sum(len(each.versions) for each in histories)),
        written=say("written", f"{now:%Y-%m-%d %H:%M} UTC", pushtrain_version),
    )


def select_metrics(history: History) -> list[str]:
    """The metrics that any version's gate judged, else the first few of the newest version."""
    judged = dict.fromkeys(
        name for version in history.versions for name in version.metrics if build_metric_key(name) in version.properties
    )
    return list(judged) or [name for name in history.versions[-1].metrics if has_own_row(name)][:METRICS]


def _model(history: History, number: int, t: Mapping[str, str]) -> dict[str, Any]:
    shown = select_metrics(history)
    known = read_directions(history.config.conditions) if history.config else {}
    best = {name: _best(history.versions, name, find_direction(name, known)) for name in shown}
    figures = [_figure(history, name, f"m{number}-{place}", best[name], t) for place, name in enumerate(shown)]
    return {
        "name": history.model,
        "anchor": f"model-{number}",
        "serving": history.serving or "",
        "metrics": [shorten_metric(name) for name in shown],
        "figures": [figure for figure in figures if figure],
        "versions": [_row(version, history, shown, best) for version in reversed(history.versions)],
    }


def _row(
    version: ModelVersion, history: History, shown: Sequence[str], best: Mapping[str, ModelVersion | None]
) -> dict[str, Any]:
    return {
        "number": version.version,
        "file": history.files.get(version.version, ""),
        "status": version.status,
        "serves": version.version == history.serving,
        "created": format_time(version.created),
        "run": version.run,
        "cells": [_cell(version.metrics.get(name), _ties(version, best[name], name)) for name in shown],
    }


def _cell(value: float | None, best: bool) -> dict[str, Any]:
    return {
        "value": "" if value is None else repr(value),
        "text": "–" if value is None else format_number(value),
        "best": best,
    }


def _ties(version: ModelVersion, best: ModelVersion | None, name: str) -> bool:
    return best is not None and version.metrics.get(name) == best.metrics[name]


def _best(versions: Sequence[ModelVersion], name: str, way: Direction) -> ModelVersion | None:
    """The first of the best; None where nobody knows which way is better, or there is nothing to choose from."""
    valued = [version for version in versions if name in version.metrics]
    return max(valued, key=lambda version: way * version.metrics[name]) if way and len(valued) > 1 else None


def _figure(
    history: History, name: str, anchor: str, best: ModelVersion | None, t: Mapping[str, str]
) -> dict[str, Any] | None:
    """The metric over the versions; None where no two of them have it."""
    valued = [version for version in history.versions if name in version.metrics]
    if len(valued) < 2:  # noqa: PLR2004  two points make a line
        return None
    newest, title = format_number(valued[-1].metrics[name]), t["over_versions"].format(shorten_metric(name))
    summary = t["over_summary_plain"].format(len(valued), newest)
    if best:
        summary = t["over_summary"].format(len(valued), newest, format_number(best.metrics[name]), best.version)
    verdicts = judge_conditions(history.config.conditions, {}) if history.config else ()
    chart = Chart(
        name=anchor,
        title=title,
        summary=summary,
        x_label=t["version"],
        y_label=title,
        points=[(version.version, version.metrics[name]) for version in valued],
        draw_dots=len(valued) <= DOTS,
        highlighted=frozenset(float(version.version) for version in valued if version.status == "Approved"),
        bounds=[verdict.bound for verdict in verdicts if verdict.metric == name],
        integer_x=True,
    )
    return {"title": title, "svg": draw(chart), "newest": format_tick(valued[-1].metrics[name])}
