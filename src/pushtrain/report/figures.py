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
from pushtrain.report.scale import text, tick_text

ROWS = 25  # of the table beside a chart: who needs all values has evaluation.json and the log
MANY = 1e15  # counts from here on are not written out
HEATS = 9  # classes heat1..heat9 of the style sheet
Words = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A chart and its values."""

    title: str
    across: str
    up: str
    svg: Markup
    rows: Sequence[tuple[str, str]]


def curve(found: Curve, number: int, t: Words) -> Figure:
    """One logged metric over the values logged."""
    values = [value for _, value in found.points]
    ends = [text(value) for value in (values[0], values[-1], min(values), max(values))]
    chart = Chart(
        name=f"curve{number}",
        title=found.name,
        summary=t["curve_summary"].format(found.count, *ends),
        across=t["logged"],
        up=found.name,
        points=found.points,
        whole=True,
    )
    return _figure(chart, tick_text)


def plots(found: Plots, t: Words) -> Iterator[Figure]:
    """ROC, precision and recall, residuals: those that are there."""
    if found.roc:
        yield _figure(replace(_chart("roc", t, "roc_across", "roc_up", found.roc), unit=True, diagonal=True))
    if found.precision_recall:
        yield _figure(replace(_chart("precision_recall", t, "recall", "precision", found.precision_recall), unit=True))
    if found.residuals:
        chart = _chart("residuals", t, "predicted", "residual", found.residuals)
        yield _figure(replace(chart, line=False, dots=True, zero=True))


def matrix(found: Matrix) -> dict[str, Any]:
    """The confusion matrix; each cell with the class of its shade."""
    rows = []
    for label, counts in zip(found.labels, found.counts, strict=True):
        total = sum(counts)
        cells = [{"text": _count(n), "kind": _heat(n, total)} for n in counts]
        rows.append({"label": label, "cells": cells, "total": _count(total)})
    return {"labels": found.labels, "rows": rows}


def _count(value: float) -> str:
    return f"{value:,.0f}" if value < MANY and value == int(value) else text(value)


def _heat(count: float, total: float) -> str:
    return f"heat{max(1, math.ceil(HEATS * count / total))}" if count else "zero"


def _chart(name: str, t: Words, across: str, up: str, points: Points) -> Chart:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    ends = (t[across], tick_text(min(xs)), tick_text(max(xs)), t[up], tick_text(min(ys)), tick_text(max(ys)))
    return Chart(
        name=name,
        title=t[name],
        summary=t["pair_summary"].format(len(points), *ends),
        across=t[across],
        up=t[up],
        points=points,
    )


def _figure(chart: Chart, across: Callable[[float], str] = text) -> Figure:
    step = max(1, math.ceil(len(chart.points) / ROWS))
    shown = chart.points[::step]
    return Figure(
        title=chart.title,
        across=chart.across,
        up=chart.up,
        svg=draw(chart),
        rows=[(across(x), text(y)) for x, y in shown],
    )
