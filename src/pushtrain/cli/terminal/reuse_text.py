"""Which steps of a run are reused and why the others run, as lines for a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pushtrain.cli.terminal.time_text import format_age
from pushtrain.visible import show_on_line

if TYPE_CHECKING:
    from pushtrain.runs import StepExplanation

REASON_INDENT = "    "


def format_reuse(explanations: Iterable[StepExplanation], *, width: int) -> Iterator[str]:
    """Yield a line for each step. `width` is that of the longest name of a step.

    Each further reason why a step runs has a line of its own, so that lines stay short.
    """
    for explanation in explanations:
        head = f"{explanation.step:<{width}}"
        if not explanation.reason:
            age = datetime.now(UTC) - datetime.fromisoformat(explanation.ended)
            yield f"{head}  reused  from run {explanation.run}, {format_age(age.total_seconds())}"
            continue
        first, *others = show_on_line(explanation.reason).split("; ")
        yield f"{head}  runs    {first}"
        yield from (f"{'':<{width}}          {other}" for other in others)
