"""Reports for approvers: the report of a model version, comparisons, and the index of all models."""

from pushtrain.report.event import EVENT_PATTERN
from pushtrain.report.facts import Facts, gather_facts
from pushtrain.report.verdict import JudgedCondition, judge_conditions, list_judged_conditions

__all__ = ["EVENT_PATTERN", "Facts", "JudgedCondition", "gather_facts", "judge_conditions", "list_judged_conditions"]
