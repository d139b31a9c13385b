"""What an approver looks at: the report of a model version, and what it is measured against."""

from pushtrain.report.facts import Facts, gather
from pushtrain.report.verdict import BOUNDS, Verdict, judge, short_name

__all__ = ["BOUNDS", "Facts", "Verdict", "gather", "judge", "short_name"]
