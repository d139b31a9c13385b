"""Compare a version's metrics with a baseline, as rows of a table. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pushtrain.config import Direction, parse_metric
from pushtrain.config.values.metric import MetricKeys
from pushtrain.report.facts import Facts
from pushtrain.report.plots import SPLITS
from pushtrain.report.scale import are_counts, format_alike, format_number, format_signed
from pushtrain.report.verdict import find_direction

ROWS = 100
VALUE, DEVIATION = "value", "standard_deviation"  # keys of a metric in the format of SageMaker Model Monitor


class MetricRow(Struct, frozen=True, kw_only=True):
    """One metric. `other` is the baseline's value. `better`: this version's value is the better one.

    `better` is None if the direction is unknown or there is no baseline.
    """

    name: str
    value: float
    deviation: float | None = None
    other: float | None = None
    better: bool | None = None

    @property
    def is_within_deviation(self) -> bool:
        """True if the difference is at most one standard deviation of this version's value."""
        is_comparable = self.better is not None and self.other is not None and self.deviation is not None
        return is_comparable and abs(self.value - (self.other or 0)) <= (self.deviation or 0)

    def to_cells(self, t: Mapping[str, str]) -> dict[str, str]:
        """Return the texts of the row's cells, with the phrases `t` of the page's language."""
        difference = None if self.other is None else self.value - self.other
        compared = [self.value] if self.other is None else [self.value, self.other]
        value, *others = format_alike(compared)
        kind = {True: "good", False: "bad", None: ""}[self.better]
        comment = {True: f"▲ {t['better']}", False: f"▼ {t['worse']}", None: t["same"] if difference == 0 else ""}[
            self.better
        ]
        if self.is_within_deviation:
            kind, comment = "", f"{comment[0]} {t['within']}"
        return {
            "name": self.name,
            "value": value,
            "deviation": "" if self.deviation is None else f"± {format_number(self.deviation)}",
            "other": others[0] if others else "",
            "difference": "" if difference is None else format_signed(difference, is_count=are_counts(compared)),
            "kind": kind,
            "comment": comment,
        }


class MetricTable(Struct, frozen=True, kw_only=True):
    """`section` is the first key that all metrics share; `left_out` is how many metrics do not fit."""

    section: str
    rows: tuple[MetricRow, ...]
    left_out: int


def build_table(facts: Facts) -> MetricTable:
    """Build the table: the gate's metrics first, then the others in the order of evaluation.json.

    No value is better or worse than one that was measured on other data.
    """
    metrics, baseline_metrics = facts.metrics, facts.baseline.metrics if facts.baseline else {}
    names = [name for name in metrics if has_own_row(name)]
    names.sort(key=lambda name: name not in facts.directions)
    section, labels_by_name = label_metrics(names)
    rows = [_build_row(name, labels_by_name[name], metrics, baseline_metrics, facts.directions) for name in names]
    if facts.different_data:
        rows = [replace(row, better=None) for row in rows]
    return MetricTable(section=section, rows=tuple(rows[:ROWS]), left_out=max(0, len(rows) - ROWS))


def has_own_row(name: str) -> bool:
    """Return False for cells of a confusion matrix, for facts of splits, and for the deviation of another metric."""
    keys = _parse_keys(name)
    return "confusion_matrix" not in keys and keys[0] != SPLITS and keys[-1] != DEVIATION


def is_better(name: str, value: float, other: float | None, directions: Mapping[str, Direction]) -> bool | None:
    """Return whether `value` is better; None if both are equal or the direction is unknown."""
    metric_direction = find_direction(name, directions)
    return (
        None if other is None or not metric_direction or value == other else (value > other) == (metric_direction > 0)
    )


def label_metrics(names: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Return (section, labels): the first key if all metrics share it, and each name in short.

    A label has neither the section nor a final `value`.
    """
    keys = {name: _parse_keys(name) for name in names}
    first_keys = {parts[0] if len(parts) > 1 else "" for parts in keys.values()}
    section = first_keys.pop() if len(first_keys) == 1 else ""
    return str(section), {name: _build_label(parts[1:] if section else parts) for name, parts in keys.items()}


def _build_label(keys: MetricKeys) -> str:
    """Return `auc` for ("auc", "value"), `scores[0]` for ("scores", 0). Keys are not quoted."""
    shown_keys = keys[:-1] if keys[-1] == VALUE and len(keys) > 1 else keys
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in shown_keys).removeprefix(".")


def _build_row(
    name: str,
    label: str,
    metrics: Mapping[str, float],
    baseline_metrics: Mapping[str, float],
    directions: Mapping[str, Direction],
) -> MetricRow:
    value, other = metrics[name], baseline_metrics.get(name)
    deviation = metrics.get(name.removesuffix(VALUE) + DEVIATION) if _parse_keys(name)[-1] == VALUE else None
    return MetricRow(
        name=label,
        value=value,
        deviation=deviation,
        other=other,
        better=is_better(name, value, other, directions),
    )


def _parse_keys(name: str) -> MetricKeys:
    try:
        return parse_metric(name)
    except ValueError:  # a script may use any name for a metric
        return (name,)
