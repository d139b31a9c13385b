"""Texts about the verdict of a run that compares with the champion: a line for each condition. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pushtrain.decide import Verdict


def format_comparison(verdict: Verdict | None) -> Iterator[str]:
    """Yield which champion there was, then each condition; nothing if the gate does not compare with one.

    An example is `✓ auc 0.934 ≥ champion + 0.002 = 0.932 · champion 0.93, difference +0.004`.
    """
    if verdict is None or verdict.champion is None:
        return
    from pushtrain.report.verdict import list_judged_conditions

    yield f"champion    {verdict.champion.text}"
    for condition in list_judged_conditions(verdict):
        value = "–" if condition.value is None else f"{condition.value:.4g}"
        line = f"{'✓' if condition.met else '✗'} {condition.name} {value} {condition.symbol} {condition.bound_text}"
        yield " · ".join(filter(None, (line, condition.champion_text)))
