"""The conditions of a gate as lines for people. Pure.

A gate may have 200 conditions, and each may be about many groups. A command that goes on to say more prints those that
do not hold; `runs show` and `models show` print all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pushtrain.decide import Verdict
    from pushtrain.report.verdict import JudgedCondition

MOST_CONDITIONS = 10  # of a gate that is printed whole by every command
MOST_GROUPS = 8  # groups in a line


def format_verdict(verdict: Verdict | None) -> Iterator[str]:
    """Yield which champion there was, then each condition with its groups; nothing without a gate.

    An example is `✓ auc 0.934 ≥ champion + 0.002 = 0.932 · champion 0.93, difference +0.004`.
    """
    if verdict is None:
        return
    from pushtrain.report.verdict import list_judged_conditions

    if verdict.champion:
        yield f"champion    {verdict.champion.text}"
    for condition, groups in pair_groups(list_judged_conditions(verdict)):
        yield f"{format_mark(condition)} {format_condition(condition)}"
        if groups:
            yield f"    {groups}"


def select_conditions(conditions: Sequence[JudgedCondition]) -> tuple[JudgedCondition, ...]:
    """Return the conditions of a small gate; of a large one the first that do not hold."""
    if len(conditions) <= MOST_CONDITIONS:
        return tuple(conditions)
    return tuple(condition for condition in conditions if not condition.met)[:MOST_CONDITIONS]


def describe_others(conditions: Sequence[JudgedCondition], command: str) -> str:
    """Return what `select_conditions` left out, such as "118 more hold: `pushtrain runs show r1`"; empty if nothing.

    `command` prints all conditions.
    """
    others = len(conditions) - len(select_conditions(conditions))
    if not others:
        return ""
    unmet = sum(not condition.met for condition in conditions)
    if not unmet:
        return f"all {others} conditions hold: `{command}`"
    hidden = max(unmet - MOST_CONDITIONS, 0)
    do_not_hold = f"{hidden} more do not hold" if hidden else ""
    hold = f"{others - hidden} {'' if hidden else 'more '}hold" if others > hidden else ""
    return f"{', '.join(filter(None, (do_not_hold, hold)))}: `{command}`"


def pair_groups(conditions: Sequence[JudgedCondition]) -> Iterator[tuple[JudgedCondition, str]]:
    """Yield each condition with the text of its groups, empty if the line above it has the same groups."""
    previous: tuple[str, str, Mapping[str, float]] | None = None
    for condition in conditions:
        groups = (condition.by, condition.source, condition.groups)
        yield condition, "" if groups == previous else format_groups(condition.groups)
        previous = groups


def format_groups(groups: Mapping[str, float]) -> str:
    """Return `여성 0.91 · 남성 0.93`; of many groups the lowest and the highest."""
    texts = [f"{name} {value:.4g}" for name, value in groups.items()]
    if len(groups) > MOST_GROUPS:
        half = MOST_GROUPS // 2
        ordered = [f"{name} {value:.4g}" for name, value in sorted(groups.items(), key=lambda item: item[1])]
        texts = [*ordered[:half], f"… {len(groups) - 2 * half} more …", *ordered[-half:]]
    return " · ".join(texts)


def format_condition(condition: JudgedCondition) -> str:
    """Return `auc 0.934 ≥ champion + 0.002 = 0.932 · champion 0.93, difference +0.004`."""
    value = "–" if condition.value is None else f"{condition.value:.4g}"
    line = f"{condition.name} {value} {condition.symbol} {condition.bound_text}"
    return " · ".join(filter(None, (line, condition.champion_text)))


def format_mark(condition: JudgedCondition) -> str:
    """Return `✓` or `✗`, `–` if the gate passes without this comparison, `?` if nobody knows if it holds."""
    if condition.met is None:
        return "?"
    if condition.passes_without:
        return "–"
    return format_success(condition.met)


def format_success(succeeded: bool) -> str:
    """Return a green `✓` or a red `✗`."""
    return click.style("✓", fg="green") if succeeded else click.style("✗", fg="red")
