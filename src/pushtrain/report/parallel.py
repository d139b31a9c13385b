"""Draw the trials of a search as parallel coordinates: the first axis is the metric, each other a hyperparameter. Pure.

In: trials, and the ranges that were searched. Out: inline SVG of the natural size of its texts, so that a narrow page
scrolls it, and has the metric in sight. Colours are CSS classes. A trial without a value begins below the axis of the
metric.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup
from msgspec import Struct

from pushtrain.catalog import tuning_job
from pushtrain.record import Trial, decode_hyperparameter, shorten_hyperparameter
from pushtrain.report.scale import choose_ticks, format_number, format_tick

GAP, LEFT, RIGHT, TOP, HEIGHT, BELOW = 124, 84, 48, 34, 220, 30
LONGEST_NAME, LONGEST_CHOICE = 18, 11  # characters of a label
MAX_LABELS = 14  # of an axis
FEWEST = 2  # trials; a single line compares nothing
LOGARITHMIC = "Logarithmic"


class Axis(Struct, frozen=True, kw_only=True):
    """One axis: its name, and what it has from the bottom to the top: numbers of ticks, or choices."""

    name: str
    ticks: tuple[float, ...] = ()
    choices: tuple[str, ...] = ()
    is_log: bool = False

    def find_height(self, text: str) -> float | None:
        """Return how high a value lies, from 0 to 1; None if the axis does not have it."""
        if self.choices:
            last = len(self.choices) - 1
            return (self.choices.index(text) / last if last else 0.5) if text in self.choices else None
        try:
            number = float(text)
        except ValueError:
            return None
        low, high = (self._scale(tick) for tick in (self.ticks[0], self.ticks[-1]))
        return (self._scale(number) - low) / (high - low) if self._has(number) else None

    def list_labels(self) -> list[tuple[float, str]]:
        """Return the heights and texts of the labels."""
        texts = self.choices or tuple(map(repr, self.ticks))
        step = math.ceil(len(texts) / MAX_LABELS)
        labels = [cut(text, LONGEST_CHOICE) for text in texts] if self.choices else map(format_tick, self.ticks)
        return [(self.find_height(text) or 0.0, label) for text, label in [*zip(texts, labels, strict=True)][::step]]

    def _has(self, number: float) -> bool:
        return math.isfinite(number) and (number > 0 or not self.is_log)

    def _scale(self, number: float) -> float:
        return math.log10(number) if self.is_log else number


def draw_trials(trials: Sequence[Trial], request: Mapping[str, Any], name: str, t: Mapping[str, str]) -> Markup | None:
    """Return the trials of one search as an `svg` element; None if there are too few to compare.

    `request` describes the tuning job, as far as it is known. `name` is the stem of ids, `t` has the page's texts.
    """
    if len(trials) < FEWEST or not any(trial.hyperparameters for trial in trials):
        return None
    values = [trial.value for trial in trials if trial.value is not None]
    metric = next((trial.metric for trial in trials if trial.metric), t["value"])
    ticks = choose_ticks(min(values), max(values)) if values else (0.0, 1.0)
    axes = [Axis(name=metric, ticks=ticks), *_list_axes(trials, request)]
    failed = [trial for trial in trials if trial.value is None]
    ordered = sorted(trials, key=lambda trial: (trial.is_best, trial.value is not None, -(trial.rank or 0)))
    width, height = LEFT + GAP * (len(axes) - 1) + RIGHT, TOP + HEIGHT + (BELOW if failed else 0) + 10
    head = Markup(
        '<svg class="chart parallel" width="{}" height="{}" viewBox="0 0 {} {}" role="img" '
        'aria-labelledby="{}-t {}-d"><title id="{}-t">{}</title><desc id="{}-d">{}</desc>'
    ).format(width, height, width, height, name, name, name, t["parallel"], name, t["parallel_lines"])
    lines = [_draw_line(trial, axes, t) for trial in ordered]
    marks = [_draw_axis(axis, _x(index)) for index, axis in enumerate(axes)]
    if failed:
        marks.append(_draw_text("end", _x(0) - 8, TOP + HEIGHT + BELOW + 4, t["parallel_failed"]))
    return head + Markup("").join([*lines, *marks]) + Markup("</svg>")


def cut(text: str, limit: int) -> str:
    """Return a text of at most `limit` characters, with an ellipsis if it was longer."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _list_axes(trials: Iterable[Trial], request: Mapping[str, Any]) -> list[Axis]:
    """Return an axis for each hyperparameter that was searched, from its range, or from its values without one."""
    written = request.get(tuning_job.CONFIG, {}).get("ParameterRanges", {})
    ranges = {entry["Name"]: entry for group in written.values() if isinstance(group, list) for entry in group}
    trials = list(trials)
    names = sorted({name for trial in trials for name in trial.hyperparameters})
    return [_build_axis(name, ranges.get(name, {}), _list_values(trials, name)) for name in names]


def _list_values(trials: Iterable[Trial], name: str) -> list[str]:
    return [decode_hyperparameter(trial.hyperparameters[name]) for trial in trials if name in trial.hyperparameters]


def _build_axis(name: str, written: Mapping[str, Any], values: Sequence[str]) -> Axis:
    if "Values" in written:
        choices = [decode_hyperparameter(text) for text in written["Values"]]
        return Axis(name=name, choices=tuple(dict.fromkeys((*choices, *values))))
    bounds = [written[key] for key in ("MinValue", "MaxValue") if key in written]
    try:
        numbers = [float(text) for text in (*bounds, *values)]
    except ValueError:
        return Axis(name=name, choices=tuple(dict.fromkeys(values)))
    if written.get("ScalingType") == LOGARITHMIC and min(numbers) > 0:
        return Axis(name=name, ticks=_choose_decades(min(numbers), max(numbers)), is_log=True)
    return Axis(name=name, ticks=choose_ticks(min(numbers), max(numbers)))


def _choose_decades(low: float, high: float) -> tuple[float, ...]:
    """Return the powers of ten that enclose two numbers."""
    first, last = math.floor(math.log10(low) + 1e-9), math.ceil(math.log10(high) - 1e-9)
    return tuple(10.0**power for power in range(first, max(last, first + 1) + 1))


def _draw_line(trial: Trial, axes: Sequence[Axis], t: Mapping[str, str]) -> Markup:
    """Draw one trial. Its title is what a pointer shows: number, value and hyperparameters."""
    metric, *hyperparameters = axes
    texts = [decode_hyperparameter(trial.hyperparameters.get(axis.name, "")) for axis in hyperparameters]
    heights = [axis.find_height(text) for axis, text in zip(hyperparameters, texts, strict=True)]
    first = None if trial.value is None else metric.find_height(repr(trial.value))
    points = [(_x(0), TOP + HEIGHT + BELOW if first is None else _y(first))]
    points += [(_x(index), _y(height)) for index, height in enumerate(heights, start=1) if height is not None]
    kind = "best" if trial.is_best else "failed" if trial.value is None else ""
    value = t["parallel_failed"] if trial.value is None else format_number(trial.value)
    values = [f"{name} {shorten_hyperparameter(text)}" for name, text in sorted(trial.hyperparameters.items())]
    title = f"{t['trial']} {trial.number}: {', '.join([f'{metric.name} {value}', *values])}"
    path = " ".join(f"{x:g},{y:g}" for x, y in points)
    return Markup('<polyline class="{}" points="{}"><title>{}</title></polyline>').format(
        f"trial {kind}".strip(), path, title
    )


def _draw_axis(axis: Axis, x: float) -> Markup:
    line = Markup('<line class="post" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(x, x, TOP, TOP + HEIGHT)
    name = Markup('<text class="across name" x="{}" y="14">{}<title>{}</title></text>').format(
        x, cut(axis.name, LONGEST_NAME), axis.name
    )
    labels = [_draw_text("up", x - 8, _y(height) + 4, text) for height, text in axis.list_labels()]
    return Markup("").join([line, name, *labels])


def _draw_text(kind: str, x: float, y: float, text: str) -> Markup:
    return Markup('<text class="{}" x="{}" y="{:g}">{}</text>').format("up" if kind == "end" else kind, x, y, text)


def _x(index: int) -> float:
    return LEFT + GAP * index


def _y(height: float) -> float:
    return round(TOP + HEIGHT * (1 - height), 1)
