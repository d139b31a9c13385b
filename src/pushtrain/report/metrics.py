"""The metrics of a version beside another's, as rows of a table. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pushtrain.config import parse_metric
from pushtrain.report.facts import Facts
from pushtrain.report.scale import format_number, format_signed
from pushtrain.report.verdict import Direction, find_direction

ROWS = 100
VALUE, DEVIATION = "value", "standard_deviation"  # how SageMaker Model Monitor writes a metric


@dataclass(frozen=True, kw_only=True)
class MetricRow:
    """One metric; `better` tells whether this version's is, None where that is not known or there is no other."""

    name: str
    value: float
    deviation: float | None = None
    other: float | None = None
    better: bool | None = None

    @property
    def within(self) -> bool:
        """Whether the difference is no more than one standard deviation of this version's."""
        known = self.better is not None and self.other is not None and self.deviation is not None
        return known and abs(self.value - (self.other or 0)) <= (self.deviation or 0)

    def to_cells(self, t: Mapping[str, str]) -> dict[str, str]:
        """As the page shows it."""
        difference = None if self.other is None else self.value - self.other
        kind = {True: "good", False: "bad", None: ""}[self.better]
        says = {True: f"▲ {t['better']}", False: f"▼ {t['worse']}", None: t["same"] if difference == 0 else ""}[
            self.better
        ]
        if self.within:
            kind, says = "", f"{says[0]} {t['within']}"
        return {
            "name": self.name,
            "value": format_number(self.value),
            "deviation": "" if self.deviation is None else f"± {format_number(self.deviation)}",
            "other": "" if self.other is None else format_number(self.other),
            "difference": "" if difference is None else format_signed(difference),
            "kind": kind,
            "says": says,
        }


@dataclass(frozen=True, kw_only=True)
class MetricTable:
    """`section` is the first key where all metrics share it; `left_out` how many there is no room for."""

    section: str
    rows: tuple[MetricRow, ...]
    left_out: int


def build_table(facts: Facts) -> MetricTable:
    """The gate's metrics first, then the rest as evaluation.json has them; cells of confusion matrices are left out."""
    metrics, others = facts.version.metrics, facts.baseline.metrics if facts.baseline else {}
    shown = [name for name in metrics if has_own_row(name)]
    shown.sort(key=lambda name: name not in facts.directions)
    section, named = label_metrics(shown)
    rows = [_row(name, named[name], metrics, others, facts.directions) for name in shown]
    return MetricTable(section=section, rows=tuple(rows[:ROWS]), left_out=max(0, len(rows) - ROWS))


def has_own_row(name: str) -> bool:
    """Whether a metric has a row of its own: no cell of a matrix, no deviation of another."""
    keys = _keys(name)
    return "confusion_matrix" not in keys and keys[-1] != DEVIATION


def is_better(name: str, value: float, other: float | None, known: Mapping[str, Direction]) -> bool | None:
    """Whether `value` is the better one; None where they are equal or nobody knows which way is better."""
    way = find_direction(name, known)
    return None if other is None or not way or value == other else (value > other) == (way > 0)


def label_metrics(names: Sequence[str]) -> tuple[str, dict[str, str]]:
    """The first key where all metrics share one, and each metric in short: without it, nor a `value` at its end."""
    keys = {name: _keys(name) for name in names}
    heads = {found[0] if len(found) > 1 else "" for found in keys.values()}
    section = heads.pop() if len(heads) == 1 else ""
    return section, {name: ".".join(_short(found[1:] if section else found)) for name, found in keys.items()}


def _short(keys: tuple[str, ...]) -> tuple[str, ...]:
    return keys[:-1] if keys[-1] == VALUE and len(keys) > 1 else keys


def _row(
    name: str,
    label: str,
    metrics: Mapping[str, float],
    others: Mapping[str, float],
    known: Mapping[str, Direction],
) -> MetricRow:
    value, other = metrics[name], others.get(name)
    deviation = metrics.get(name.removesuffix(VALUE) + DEVIATION) if _keys(name)[-1] == VALUE else None
    return MetricRow(
        name=label,
        value=value,
        deviation=deviation,
        other=other,
        better=is_better(name, value, other, known),
    )


def _keys(name: str) -> tuple[str, ...]:
    try:
        return parse_metric(name)
    except ValueError:  # a script may name its metrics as it likes
        return (name,)
