"""What an approver looks at: the report of a model version, and what it is measured against."""

from pushtrain.report.event import EVENT_PATTERN
from pushtrain.report.facts import Facts, gather
from pushtrain.report.verdict import BOUNDS, Verdict, judge, short_name

__all__ = ["BOUNDS", "EVENT_PATTERN", "Facts", "Verdict", "gather", "judge", "short_name"]
