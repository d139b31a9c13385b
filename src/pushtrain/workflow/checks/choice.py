"""The rules of a Choice state. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pushtrain.catalog import asl
from pushtrain.catalog.suggest import did_you_mean
from pushtrain.workflow.checks.fields import find_path_problems


def find_choice_problems(state: Mapping[str, Any]) -> Iterator[str]:
    """Yield the problems of the state's Choices."""
    rules = state.get("Choices")
    if not isinstance(rules, list | tuple) or not rules:
        yield "a Choice state needs Choices, a list of at least one rule"
        return
    for index, rule in enumerate(rules):
        yield from (f"Choices[{index}]{problem}" for problem in _find_rule_problems(rule, top=True))


def _find_rule_problems(rule: object, *, top: bool) -> Iterator[str]:
    """Yield the problems of a rule, which has one of And, Or and Not, or Variable with one comparison.

    `top`: the rule is the outermost one, so that it has Next. Each problem begins with what follows the rule's name.
    """
    if not isinstance(rule, Mapping):
        yield f" must be a mapping, not {rule!r}"
        return
    if top != ("Next" in rule):
        yield " needs Next" if top else ": Next belongs to the outermost rule"
    operators = [key for key in rule if key not in {"Next", "Comment", "Assign", "Variable"}]
    if len(operators) != 1:
        listed = ", ".join(map(repr, operators)) or "none"
        yield f" needs exactly one comparison, And, Or or Not; it has {listed}"
        return
    operator, value = operators[0], rule[operators[0]]
    if operator in ("And", "Or"):
        parts = value if isinstance(value, list | tuple) and value else [None]
        for index, part in enumerate(parts):
            yield from (f".{operator}[{index}]{problem}" for problem in _find_rule_problems(part, top=False))
    elif operator == "Not":
        yield from (f".Not{problem}" for problem in _find_rule_problems(value, top=False))
    else:
        yield from (f": {problem}" for problem in _find_comparison_problems(operator, value))
        yield from (f": {text}" for text in find_path_problems("Variable", rule.get("Variable"), reference=True))


def _find_comparison_problems(comparison: str, value: object) -> Iterator[str]:
    if comparison in asl.PATH_COMPARISONS:
        yield from find_path_problems(comparison, value)
        return
    if comparison not in asl.COMPARISONS:
        names = [*asl.COMPARISONS, *asl.PATH_COMPARISONS]
        yield f"there is no comparison {comparison!r}{did_you_mean(comparison, names)}"
        return
    expected = asl.COMPARISONS[comparison]
    if not isinstance(value, expected) or isinstance(value, bool) != (expected is bool):
        yield f"{value!r} is not what {comparison} compares with"
