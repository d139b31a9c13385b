"""What the news of an approval says about the gate: candidates, champion, and a line for each condition. Pure.

approved.json has these lines, so whoever reads it need not read the verdict.
"""

from __future__ import annotations

from operator import itemgetter

from pushtrain.decide import ConditionResult, Verdict, format_bound, format_champion

MAX_CONDITIONS = 30  # lines; a message of SNS is read on a phone


def list_gate_lines(verdict: Verdict | None) -> list[str]:
    """Return the lines; empty without a verdict. Conditions that do not hold come first."""
    if verdict is None:
        return []
    ranked = sorted(((result.rank, result) for result in verdict.candidates if result.rank), key=itemgetter(0))
    places = ", ".join(f"{rank}. {result.name} {result.value:.4g}" for rank, result in ranked)
    conditions = sorted(verdict.conditions, key=lambda result: result.holds)
    more = len(conditions) - MAX_CONDITIONS
    return [
        *([f"candidates: {places}"] if places else []),
        *([f"champion: {verdict.champion.text}"] if verdict.champion else []),
        *map(_describe_condition, conditions[:MAX_CONDITIONS]),
        *_describe_comparisons(verdict),
        *([f"and {more} more conditions that hold"] if more > 0 else []),
    ]


def _describe_comparisons(verdict: Verdict) -> list[str]:
    """Return a line such as `✓ answers: 5 rows as in evaluation` for each comparison of the serving test."""
    comparisons = verdict.serving.comparisons if verdict.serving else ()
    return [f"{compared.mark} {compared.label}: {compared.describe()}" for compared in comparisons]


def _describe_condition(result: ConditionResult) -> str:
    """Return a line such as `✓ auc 0.934 ≥ champion + 0.002 = 0.932 · champion 0.93, difference +0.004`."""
    bound = format_bound(result.bound, result.relative)
    line = f"{'✓' if result.holds else '✗'} {result.label} {result.value:.4g} {result.kind.symbol} {bound}"
    return " · ".join(filter(None, (line, format_champion(result.champion, result.difference))))
