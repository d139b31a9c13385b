"""Curves, plots and matrices -> figures of the report: a title, an SVG, and the values as a table. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from pushtrain.report.chart import Chart, draw
from pushtrain.report.curves import Curve
from pushtrain.report.plots import Matrix, Plots, Points
from pushtrain.report.scale import format_number, format_tick

ROWS = 25  # of the table beside a chart: who needs all values has evaluation.json and the log
MANY = 1e15  # counts from here on are not written out
HEATS = 9  # classes heat1..heat9 of the style sheet
Phrases = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A chart and its values."""

    title: str
    x_label: str
    y_label: str
    svg: Markup
    rows: Sequence[tuple[str, str]]


def draw_curve(found: Curve, number: int, t: Phrases) -> Figure:
    """One logged metric over the values logged."""
    values = [value for _, value in found.points]
    ends = [format_number(value) for value in (values[0], values[-1], min(values), max(values))]
    chart = Chart(
        name=f"curve{number}",
        title=found.name,
        summary=t["curve_summary"].format(found.count, *ends),
        x_label=t["logged"],
        y_label=found.name,
        points=found.points,
        integer_x=True,
    )
    return _figure(chart, format_tick)


def draw_plots(found: Plots, t: Phrases) -> Iterator[Figure]:
    """ROC, precision and recall, residuals: those that are there."""
    if found.roc:
        yield _figure(replace(_chart("roc", t, "roc_across", "roc_up", found.roc), unit_axes=True, diagonal=True))
    if found.precision_recall:
        yield _figure(
            replace(_chart("precision_recall", t, "recall", "precision", found.precision_recall), unit_axes=True)
        )
    if found.residuals:
        chart = _chart("residuals", t, "predicted", "residual", found.residuals)
        yield _figure(replace(chart, draw_line=False, draw_dots=True, zero_line=True))


def shade_matrix(found: Matrix) -> dict[str, Any]:
    """The confusion matrix; each cell with the class of its shade."""
    rows = []
    for label, counts in zip(found.labels, found.counts, strict=True):
        total = sum(counts)
        cells = [{"text": _count(n), "kind": _heat(n, total)} for n in counts]
        rows.append({"label": label, "cells": cells, "total": _count(total)})
    return {"labels": found.labels, "rows": rows}


def _count(value: float) -> str:
    return f"{value:,.0f}" if value < MANY and value == int(value) else format_number(value)


def _heat(count: float, total: float) -> str:
    return f"heat{max(1, math.ceil(HEATS * count / total))}" if count else "zero"


def _chart(name: str, t: Phrases, across: str, up: str, points: Points) -> Chart:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    ends = (t[across], format_tick(min(xs)), format_tick(max(xs)), t[up], format_tick(min(ys)), format_tick(max(ys)))
    return Chart(
        name=name,
        title=t[name],
        summary=t["pair_summary"].format(len(points), *ends),
        x_label=t[across],
        y_label=t[up],
        points=points,
    )


def _figure(chart: Chart, across: Callable[[float], str] = format_number) -> Figure:
    step = max(1, math.ceil(len(chart.points) / ROWS))
    shown = chart.points[::step]
    return Figure(
        title=chart.title,
        x_label=chart.x_label,
        y_label=chart.y_label,
        svg=draw(chart),
        rows=[(across(x), format_number(y)) for x, y in shown],
    )
