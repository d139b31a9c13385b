"""Money: what a run can cost at most, from a definition and a table of prices that names its sources.

Rooms above read `prices_of` (the prices a platform goes by) and `most` (what a definition can cost at most).
It guesses nothing: what has no price is unknown, and the total with it.
"""

from pushtrain.cost.jobs import PlannedJob, planned_jobs
from pushtrain.cost.limit import beyond_limit
from pushtrain.cost.most import Line, Most, most
from pushtrain.cost.prices import Prices, parse_prices, shipped
from pushtrain.cost.spent import EndedJob, spent
from pushtrain.cost.table import TABLE, keep_prices, prices_of

__all__ = [
    "TABLE",
    "EndedJob",
    "Line",
    "Most",
    "PlannedJob",
    "Prices",
    "beyond_limit",
    "keep_prices",
    "most",
    "parse_prices",
    "planned_jobs",
    "prices_of",
    "shipped",
    "spent",
]
