"""Reports for approvers: the report of a model version, comparisons, and the index of all models."""

from typing import TYPE_CHECKING

from pushtrain.lazy import build_getattr

if TYPE_CHECKING:
    from pushtrain.report.event import EVENT_PATTERN
    from pushtrain.report.facts import Facts, gather_facts, gather_run_facts
    from pushtrain.report.verdict import JudgedCondition, judge_conditions, list_judged_conditions

NAMES = {
    ".event": ("EVENT_PATTERN",),
    ".facts": ("Facts", "gather_facts", "gather_run_facts"),
    ".verdict": ("JudgedCondition", "judge_conditions", "list_judged_conditions"),
}

__all__ = [
    "EVENT_PATTERN",
    "Facts",
    "JudgedCondition",
    "gather_facts",
    "gather_run_facts",
    "judge_conditions",
    "list_judged_conditions",
]

if not TYPE_CHECKING:  # a type checker would accept any name
    __getattr__ = build_getattr(__name__, NAMES)
