"""Cost: what a run can cost at most, what it has cost, and the price tables with their sources.

Nothing is guessed: a job without a price makes the total unknown.
"""

from typing import TYPE_CHECKING

from pushtrain.lazy import build_getattr

if TYPE_CHECKING:
    from pushtrain.cost.actual import ActualCost, EndedJob, add_costs, compute_actual_cost, compute_job_cost
    from pushtrain.cost.estimate import CostEstimate, CostLine, estimate_cost
    from pushtrain.cost.jobs import PlannedJob, list_planned_jobs
    from pushtrain.cost.limit import check_cost_limit, has_cost_limit
    from pushtrain.cost.price_table import read_prices, write_prices
    from pushtrain.cost.prices import Prices, parse_prices, read_shipped_prices

NAMES = {
    ".actual": ("ActualCost", "EndedJob", "add_costs", "compute_actual_cost", "compute_job_cost"),
    ".estimate": ("CostEstimate", "CostLine", "estimate_cost"),
    ".jobs": ("PlannedJob", "list_planned_jobs"),
    ".limit": ("check_cost_limit", "has_cost_limit"),
    ".price_table": ("read_prices", "write_prices"),
    ".prices": ("Prices", "parse_prices", "read_shipped_prices"),
}

__all__ = [
    "ActualCost",
    "CostEstimate",
    "CostLine",
    "EndedJob",
    "PlannedJob",
    "Prices",
    "add_costs",
    "check_cost_limit",
    "compute_actual_cost",
    "compute_job_cost",
    "estimate_cost",
    "has_cost_limit",
    "list_planned_jobs",
    "parse_prices",
    "read_prices",
    "read_shipped_prices",
    "write_prices",
]

if not TYPE_CHECKING:  # a type checker would accept any name
    __getattr__ = build_getattr(__name__, NAMES)
