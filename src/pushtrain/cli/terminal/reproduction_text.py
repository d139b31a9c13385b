"""The inputs of a reproduction, and how equal its model is, as text for people and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from pushtrain.cli.terminal.echo import echo
from pushtrain.cli.terminal.tables import print_table

if TYPE_CHECKING:
    from pushtrain.reproduction.inputs import ComparedInput
    from pushtrain.reproduction.ladder import Comparison, Difference

NOTE_PREFIX = "pushtrain: "
MAX_METRICS = 10  # that differ and are printed; --json has all


def print_inputs(inputs: Sequence[ComparedInput]) -> None:
    """Print a line for each input: its name, what was recorded, and whether it is the same, changed or gone."""
    rows = [(f"  {entry.name}", entry.recorded, entry.state) for entry in inputs]
    print_table(rows, narrow=1)
    for entry in inputs:
        if entry.detail:
            echo(f"  {entry.name}: {entry.detail}")


def build_input_documents(inputs: Sequence[ComparedInput]) -> list[dict[str, Any]]:
    """Return the inputs as JSON."""
    return [
        {"input": entry.name, "recorded": entry.recorded, "state": entry.state, "detail": entry.detail or None}
        for entry in inputs
    ]


def print_comparison(comparison: Comparison, within: float, *, is_enough: bool = True) -> None:
    """Print the rung that was reached, the first difference, and the metrics that differ."""
    from pushtrain.reproduction.ladder import RUNG_TEXTS, Rung

    text = RUNG_TEXTS[comparison.rung].upper()
    count = f"{comparison.equal_members} of {comparison.members} files of the model have the same bytes"
    echo(f"{click.style(text, fg='green' if is_enough else 'red')} · {count}")
    if comparison.difference:
        echo(f"  first difference  {comparison.difference}")
    differing = [metric for metric in comparison.metrics if metric.recorded != metric.reproduced]
    for metric in differing[:MAX_METRICS]:
        echo(f"  {metric.name}  {_format_number(metric.recorded)} → {_format_number(metric.reproduced)}")
    if len(differing) > MAX_METRICS:
        echo(f"  and {len(differing) - MAX_METRICS} more metrics that differ: --json")
    if comparison.metrics and not differing:
        echo("  metrics           all the same")
    if comparison.rung < Rung.MEMBERS:
        for reason in comparison.not_compared:
            echo(f"  not compared      {reason}")
    if comparison.rung == Rung.METRICS:
        echo(f"  tolerance         {within:g} (--within)")


def print_note(line: str) -> None:
    """Print what pushtrain reports about a Python environment, but not what pip prints."""
    if line.startswith(NOTE_PREFIX):
        echo(line, err=True)


def build_comparison_document(comparison: Comparison, within: float) -> dict[str, Any]:
    """Return a comparison as JSON."""
    return {
        "rung": comparison.rung.word,
        "within": within,
        "members": comparison.members,
        "equal_members": comparison.equal_members,
        "first_difference": _build_difference(comparison.difference),
        "metrics": [
            {"metric": metric.name, "recorded": metric.recorded, "reproduced": metric.reproduced}
            for metric in comparison.metrics
        ],
        "not_compared": list(comparison.not_compared),
    }


def _build_difference(difference: Difference | None) -> dict[str, Any] | None:
    if difference is None:
        return None
    return {
        "member": difference.member,
        "array": difference.array or None,
        "index": difference.index or None,
        "values": list(difference.values),
    }


def _format_number(value: float | None) -> str:
    return "none" if value is None else f"{value:.10g}"
