"""Turn curves, plots and confusion matrices into figures: a title, an SVG, and a table of the values. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup
from msgspec import Struct
from msgspec.structs import replace

from pushtrain.report.chart import Chart, draw
from pushtrain.report.curves import Curve
from pushtrain.report.plots import Matrix, Plots, Points
from pushtrain.report.scale import format_number, format_tick

ROWS = 25  # rows of the table beside a chart; all values are in evaluation.json and the log
EXPONENT_FROM = 1e15  # larger counts are written with an exponent
HEAT_LEVELS = 9  # CSS classes heat1..heat9
Phrases = Mapping[str, str]


class Figure(Struct, frozen=True, kw_only=True):
    """A chart and its values as a table."""

    title: str
    x_label: str
    y_label: str
    svg: Markup
    rows: Sequence[tuple[str, str]]


def draw_curve(curve: Curve, number: int, t: Phrases) -> Figure:
    """Draw one logged metric over the number of logged values."""
    values = [value for _, value in curve.points]
    summary_values = [format_number(value) for value in (values[0], values[-1], min(values), max(values))]
    chart = Chart(
        name=f"curve{number}",
        title=curve.name,
        summary=t["curve_summary"].format(curve.count, *summary_values),
        x_label=t["logged"],
        y_label=curve.name,
        points=curve.points,
        integer_x=True,
    )
    return _build_figure(chart, format_tick)


def draw_plots(plots: Plots, t: Phrases) -> Iterator[Figure]:
    """Yield the figures that exist: ROC, precision and recall, residuals, calibration, metrics by threshold."""
    if plots.roc:
        yield _build_figure(
            replace(_build_chart("roc", t, "roc_across", "roc_up", plots.roc), unit_axes=True, diagonal=True)
        )
    if plots.precision_recall:
        yield _build_figure(
            replace(_build_chart("precision_recall", t, "recall", "precision", plots.precision_recall), unit_axes=True)
        )
    if plots.residuals:
        chart = _build_chart("residuals", t, "predicted", "residual", plots.residuals)
        yield _build_figure(replace(chart, draw_line=False, draw_dots=True, zero_line=True))
    if plots.calibration:
        chart = _build_chart("calibration", t, "mean_prediction", "positive_share", plots.calibration)
        yield _build_figure(replace(chart, unit_axes=_fits_unit_axes(plots.calibration), diagonal=True, draw_dots=True))
    for number, (name, points) in enumerate(plots.threshold_curves.items()):
        chart = _build_chart("threshold_curve", t, "threshold", "value", points)
        title = t["threshold_curve"].format(name)
        yield _build_figure(replace(chart, name=f"threshold{number}", title=title, y_label=name))


def _fits_unit_axes(points: Points) -> bool:
    return all(0 <= value <= 1 for point in points for value in point)


def shade_matrix(matrix: Matrix) -> dict[str, Any]:
    """Return the confusion matrix; `kind` of a cell is the CSS class of its shade."""
    rows = []
    for label, counts in zip(matrix.labels, matrix.counts, strict=True):
        total = sum(counts)
        cells = [{"text": _format_count(n), "kind": _choose_heat_class(n, total)} for n in counts]
        rows.append({"label": label, "cells": cells, "total": _format_count(total)})
    return {"labels": matrix.labels, "rows": rows}


def _format_count(value: float) -> str:
    return f"{value:,.0f}" if value < EXPONENT_FROM and value == int(value) else format_number(value)


def _choose_heat_class(count: float, total: float) -> str:
    return f"heat{max(1, math.ceil(HEAT_LEVELS * count / total))}" if count else "zero"


def _build_chart(name: str, t: Phrases, x_label: str, y_label: str, points: Points) -> Chart:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    axis_texts = (
        t[x_label],
        format_tick(min(xs)),
        format_tick(max(xs)),
        t[y_label],
        format_tick(min(ys)),
        format_tick(max(ys)),
    )
    return Chart(
        name=name,
        title=t[name],
        summary=t["pair_summary"].format(len(points), *axis_texts),
        x_label=t[x_label],
        y_label=t[y_label],
        points=points,
    )


def _build_figure(chart: Chart, format_x: Callable[[float], str] = format_number) -> Figure:
    step = max(1, math.ceil(len(chart.points) / ROWS))
    points = chart.points[::step]
    return Figure(
        title=chart.title,
        x_label=chart.x_label,
        y_label=chart.y_label,
        svg=draw(chart),
        rows=[(format_x(x), format_number(y)) for x, y in points],
    )
