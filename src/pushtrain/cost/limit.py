"""`limits.max_cost` of config.yaml against the most a run can cost. Pure."""

from __future__ import annotations

from pushtrain.config import LoadedConfig
from pushtrain.cost.estimate import CostEstimate
from pushtrain.errors import Problem

KEY = "limits.max_cost"


def check_cost_limit(loaded: LoadedConfig, most: CostEstimate, option: str = "") -> Problem | None:
    """Why the limit lets no run start; None when it does, or when there is none. What is unknown is beyond it.

    `option` is what a hint adds for a command to find the platform.
    """
    limit = loaded.config.limits.max_cost
    if limit is None:
        return None
    if most.total is None:
        remedy = f"Give prices (`pushtrain prices use FILE{option}`) and push --again, or remove the limit"
        found = f"what a run can cost is unknown: {'; '.join(most.unknown)}. {remedy}"
    elif most.total.currency != limit.currency:
        found = f"is in {limit.currency}, and the prices are in {most.total.currency}. Give it in {most.total.currency}"
    elif most.total.amount > limit.amount:
        remedy = "Lower max_runtime, instances or instance, or raise the limit"
        found = f"a run can cost {most.total}, by prices of {most.as_of}, more than {limit}. {remedy}"
    else:
        return None
    return Problem(key=KEY, line=loaded.find_line(KEY), message=found)
