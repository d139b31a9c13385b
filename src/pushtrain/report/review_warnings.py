"""Warnings for an approver: what the version misses of today's gate, and what is worse than in service. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pushtrain.config import Direction
from pushtrain.decide import shorten_metrics
from pushtrain.registry import ModelVersion
from pushtrain.report.metrics import is_better
from pushtrain.report.scale import format_number
from pushtrain.report.verdict import JudgedCondition, LoweredCondition


def list_unmet_conditions(verdicts: tuple[JudgedCondition, ...] | None) -> Iterator[str]:
    """Yield each condition of today's gate that the version does not meet; `verdicts` is None if it is not known."""
    if verdicts is None:
        yield "today's gate is not known: no config.yaml of this model's runs can be read any more"
    for verdict in verdicts or ():
        number = verdict.bound_text if verdict.relative or verdict.bound is None else format_number(verdict.bound)
        bound = f"{verdict.symbol} {number}"
        if verdict.relative and verdict.met is None:
            yield f"today's gate asks for {verdict.name} {bound}, and this version was not compared so with a champion"
        elif verdict.value is None:
            yield f"today's gate asks for {verdict.metric} {bound}, which this version's evaluation.json does not tell"
        elif not verdict.met:
            value = f"{verdict.name} is {format_number(verdict.value)}"
            yield f"it no longer meets today's gate: {value}, asked for is {bound}"


def describe_lowered(lowered: LoweredCondition, baseline: ModelVersion | None) -> str:
    """Return a warning about a condition that is weaker than it was for the version in serving."""
    serving = f"version {baseline.version}, which serves" if baseline else "the version in serving"
    before, condition = lowered.before, f"{lowered.name} {lowered.symbol}"
    if lowered.bound is None:
        return f"its gate asks for less than that of {serving}: no longer for {condition} {before}"
    return f"its gate asks for less than that of {serving}: {condition} {lowered.bound} instead of {before}"


def list_worse_metrics(
    version: ModelVersion,
    baseline: ModelVersion | None,
    directions: Mapping[str, Direction],
    different_data: Sequence[str],
) -> Iterator[str]:
    """Yield what is worse than in the version in serving, or why the two cannot be compared."""
    if baseline and different_data:
        names = ", ".join(f"data.{name}" for name in different_data)
        verb = "differs" if len(different_data) == 1 else "differ"
        yield f"its metrics cannot be compared with those of version {baseline.version}, which serves: {names} {verb}"
    elif baseline:
        yield from _list_worse(version, baseline, directions)


def _list_worse(version: ModelVersion, baseline: ModelVersion, directions: Mapping[str, Direction]) -> Iterator[str]:
    """Yield one warning with those of the gate's metrics that are worse than in the version in serving, if any are."""
    worse = [
        f"{name} is {format_number(value)}, there {format_number(other)}"
        for metric, name in shorten_metrics(directions).items()
        if (value := version.metrics.get(metric)) is not None
        and (other := baseline.metrics.get(metric)) is not None
        and is_better(metric, value, other, directions) is False
    ]
    if worse:
        yield f"it is worse than version {baseline.version}, which serves: {'; '.join(worse)}"
