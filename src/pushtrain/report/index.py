"""Write the index: one page with all models and their versions. Pure, except that it reads the templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct, field

from pushtrain.config import Config, Direction
from pushtrain.decide import shorten_metrics
from pushtrain.record import RunRecord, omit_unknown
from pushtrain.registry import ModelVersion
from pushtrain.report.chart import Chart, draw
from pushtrain.report.evaluated_data import list_differing_data
from pushtrain.report.metrics import has_own_row
from pushtrain.report.pages import phrase_formatter, render
from pushtrain.report.scale import format_number, format_tick, format_time
from pushtrain.report.translations import find_phrases
from pushtrain.report.verdict import find_direction, judge_conditions, read_directions

METRICS = 3  # metrics to show for a model without a gate
HASH_LENGTH = 8  # digits of a hash that are shown
DOTS = 200  # with more versions only the approved ones get dots


class History(Struct, frozen=True, kw_only=True):
    """The versions of a model, oldest first.

    `config` is that of the newest version, None if it is gone. `serving` is the version in serving. `files` maps
    version numbers to report files, relative to the page. `records` are those of the runs, `earlier` the first earlier
    versions with the same code, data and parameters, both by version number.
    """

    model: str
    versions: Sequence[ModelVersion]
    config: Config | None = None
    serving: int | None = None
    files: Mapping[int, str]
    records: Mapping[int, RunRecord] = field(default_factory=dict)
    earlier: Mapping[int, int] = field(default_factory=dict)


def write_index(histories: Sequence[History], *, language: str = "en", now: datetime, pushtrain_version: str) -> str:
    """Return the page. `now` is when the registry was read, in UTC."""
    t = find_phrases(language)
    say = phrase_formatter(t)
    return render(
        "index.html",
        language,
        script="sort.js",
        models=[_build_model(history, number, t) for number, history in enumerate(histories)],
        summary=say("models_summary", len(histories), sum(len(history.versions) for history in histories)),
        written=say("written", f"{now:%Y-%m-%d %H:%M} UTC", pushtrain_version),
    )


def select_metrics(history: History) -> list[str]:
    """Return the metrics that any version's gate has judged, else the newest version's first few."""
    judged = dict.fromkeys(name for version in history.versions for name in version.gate_metrics)
    return list(judged) or [name for name in history.versions[-1].metrics if has_own_row(name)][:METRICS]


def _build_model(history: History, number: int, t: Mapping[str, str]) -> dict[str, Any]:
    names = select_metrics(history)
    directions = read_directions(history.config.conditions) if history.config else {}
    different_data = list_differing_data([*history.records.values()], [history.config])
    compared = () if different_data else history.versions  # a value that was measured on other data is not better
    best = {name: _find_best(compared, name, find_direction(name, directions)) for name in names}
    labels = shorten_metrics(names)
    origins = [_describe_origin(version, history) for version in history.versions]
    columns = [column for column in origins[0] if any(origin[column] for origin in origins)]
    figures = [
        _build_figure(history, name, labels[name], f"m{number}-{index}", best[name], t)
        for index, name in enumerate(names)
    ]
    return {
        "name": history.model,
        "anchor": f"model-{number}",
        "serving": history.serving or "",
        "metrics": list(labels.values()),
        "other_data": ", ".join(f"data.{name}" for name in different_data),
        "origins": [t[column] for column in columns],
        "figures": [figure for figure in figures if figure],
        "versions": [_build_row(version, history, names, best, columns) for version in reversed(history.versions)],
    }


def _build_row(
    version: ModelVersion,
    history: History,
    names: Sequence[str],
    best: Mapping[str, ModelVersion | None],
    columns: Sequence[str],
) -> dict[str, Any]:
    return {
        "number": version.version,
        "file": history.files.get(version.version, ""),
        "status": version.status,
        "is_serving": version.version == history.serving,
        "created": format_time(version.created),
        "run": version.run,
        "origins": [_describe_origin(version, history)[column] for column in columns],
        "cells": [_build_cell(version.metrics.get(name), _is_best(version, best[name], name)) for name in names],
    }


def _describe_origin(version: ModelVersion, history: History) -> dict[str, str]:
    """Return what a version was built from, by the phrase that heads its column; a text is empty if it is not known."""
    record = history.records.get(version.version)
    earlier = history.earlier.get(version.version)
    pushed = {"overlay": record.environment, "index_author": record.git.author} if record else {}
    data = ", ".join(f"{name} {_describe_data(name, record)}" for name in record.data) if record else ""
    facts = {"overlay": "", "index_author": "", **pushed, "index_data": data, "index_same": str(earlier or "")}
    return {column: omit_unknown(text) for column, text in facts.items()}


def _describe_data(name: str, record: RunRecord) -> str:
    """Return the address of a data entry and the first digits of the hash of its content, or of its listing."""
    entry = record.data[name]
    address = entry.uri.partition(f"/{record.revision}/")[2] or entry.address
    content = entry.identity or ""
    return f"{address} ({content[:HASH_LENGTH]})" if content else address


def _build_cell(value: float | None, best: bool) -> dict[str, Any]:
    return {
        "value": "" if value is None else repr(value),
        "text": "–" if value is None else format_number(value),
        "best": best,
    }


def _is_best(version: ModelVersion, best: ModelVersion | None, name: str) -> bool:
    return best is not None and version.metrics.get(name) == best.metrics[name]


def _find_best(versions: Sequence[ModelVersion], name: str, direction: Direction) -> ModelVersion | None:
    """Return the first of the best versions; None if the direction is unknown or only one has a value."""
    candidates = [version for version in versions if name in version.metrics]
    return (
        max(candidates, key=lambda version: direction * version.metrics[name])
        if direction and len(candidates) > 1
        else None
    )


def _build_figure(
    history: History, name: str, label: str, anchor: str, best: ModelVersion | None, t: Mapping[str, str]
) -> dict[str, Any] | None:
    """Draw the metric over the versions; None if fewer than two versions have it."""
    versions = [version for version in history.versions if name in version.metrics]
    if len(versions) < 2:  # noqa: PLR2004  two points make a line
        return None
    newest, title = format_number(versions[-1].metrics[name]), t["over_versions"].format(label)
    summary = t["over_summary_plain"].format(len(versions), newest)
    if best:
        summary = t["over_summary"].format(len(versions), newest, format_number(best.metrics[name]), best.version)
    verdicts = judge_conditions(history.config.conditions, {}) if history.config else ()
    chart = Chart(
        name=anchor,
        title=title,
        summary=summary,
        x_label=t["version"],
        y_label=title,
        points=[(version.version, version.metrics[name]) for version in versions],
        draw_dots=len(versions) <= DOTS,
        highlighted=frozenset(float(version.version) for version in versions if version.status == "Approved"),
        bounds=[entry.bound for entry in verdicts if entry.metric == name and entry.bound is not None],
        integer_x=True,
    )
    return {"title": title, "svg": draw(chart), "newest": format_tick(versions[-1].metrics[name])}
