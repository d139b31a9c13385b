"""Money: what a run can cost at most, from a definition and a table of prices that names its sources.

Rooms above read `prices_of` (the prices a platform goes by) and `most` (what a definition can cost at most).
It guesses nothing: what has no price is unknown, and the total with it.
"""

from pushtrain.cost.actual import EndedJob, compute_actual_cost
from pushtrain.cost.estimate import CostEstimate, CostLine, estimate_cost
from pushtrain.cost.jobs import PlannedJob, list_planned_jobs
from pushtrain.cost.limit import check_cost_limit
from pushtrain.cost.price_table import PRICE_TABLE_KEY, read_prices, write_prices
from pushtrain.cost.prices import Prices, parse_prices, read_shipped_prices

__all__ = [
    "PRICE_TABLE_KEY",
    "CostEstimate",
    "CostLine",
    "EndedJob",
    "PlannedJob",
    "Prices",
    "check_cost_limit",
    "compute_actual_cost",
    "estimate_cost",
    "list_planned_jobs",
    "parse_prices",
    "read_prices",
    "read_shipped_prices",
    "write_prices",
]
