"""Compare `limits.max_cost` of config.yaml with what a run can cost at most. Pure."""

from __future__ import annotations

from pushtrain.config import LoadedConfig
from pushtrain.cost.estimate import CostEstimate
from pushtrain.errors import Problem

KEY = "limits.max_cost"


def check_cost_limit(loaded: LoadedConfig, estimate: CostEstimate, option: str = "") -> Problem | None:
    """Return why the limit prevents a run; None if the run may start or there is no limit.

    A run whose cost is unknown may not start. `option` is what a suggested command needs to find the platform.
    """
    limit = loaded.config.limits.max_cost
    if limit is None:
        return None
    if estimate.total is None:
        remedy = f"Give prices (`pushtrain prices use FILE{option}`) and push --again, or remove the limit"
        message = f"what a run can cost is unknown: {'; '.join(estimate.unknown)}. {remedy}"
    elif estimate.total.currency != limit.currency:
        currency = estimate.total.currency
        message = f"is in {limit.currency}, and the prices are in {currency}. Give it in {currency}"
    elif estimate.total.amount > limit.amount:
        remedy = "Lower max_runtime, instances or instance, or raise the limit"
        message = f"a run can cost {estimate.total}, by prices of {estimate.as_of}, more than {limit}. {remedy}"
    else:
        return None
    return Problem(key=KEY, line=loaded.find_line(KEY), message=message)
