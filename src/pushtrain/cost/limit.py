"""Compare the cost limits of config.yaml and of the platform with what a run can cost at most. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pushtrain.config.values.money import Money, parse_money
from pushtrain.cost.estimate import CostEstimate
from pushtrain.errors import Problem
from pushtrain.platform import Platform

if TYPE_CHECKING:
    from pushtrain.config import LoadedConfig

KEY = "limits.max_cost"


def has_cost_limit(loaded: LoadedConfig, platform: Platform) -> bool:
    """Return True if config.yaml or the platform limits the cost of a run."""
    return bool(loaded.config.limits.max_cost or platform.max_cost)


def check_cost_limit(loaded: LoadedConfig, estimate: CostEstimate, platform: Platform) -> Problem | None:
    """Return why a limit prevents a run; None if the run may start or there is no limit.

    The stricter of the two limits decides. A run whose cost is unknown may not start.
    """
    message = next(_find_messages(loaded, estimate, platform), None)
    return Problem(key=KEY, line=loaded.find_line(KEY), message=message) if message else None


def _find_messages(loaded: LoadedConfig, estimate: CostEstimate, platform: Platform) -> Iterator[str]:
    give = f"Give prices (`pushtrain prices use FILE{platform.cli_option}`) and push --again"
    lower = "Lower max_runtime, instances or instance"
    if limit := loaded.config.limits.max_cost:
        wrong_currency = "is in {}, and the prices are in {}. Give it in {}"
        yield from _compare(
            limit, estimate, f"{limit}. {lower}, or raise the limit", f"{give}, or remove the limit", wrong_currency
        )
    if platform.max_cost:
        text = f"the platform's limit of {platform.max_cost}"
        wrong_currency = f"{text} is in {{}}, and the prices are in {{}}. Change the settings of the platform to {{}}"
        yield from _compare(
            parse_money(platform.max_cost), estimate, f"{text}. {lower}", f"Runs have {text}. {give}", wrong_currency
        )


def _compare(limit: Money, estimate: CostEstimate, exceeded: str, remedy: str, wrong_currency: str) -> Iterator[str]:
    """Yield at most one message. `exceeded` ends that about a cost above the limit, `remedy` that about no cost."""
    if estimate.total is None:
        yield f"what a run can cost is unknown: {'; '.join(estimate.unknown)}. {remedy}"
    elif (currency := estimate.total.currency) != limit.currency:
        yield wrong_currency.format(limit.currency, currency, currency)
    elif estimate.total.amount > limit.amount:
        yield f"a run can cost {estimate.total}, by prices of {estimate.as_of}, more than {exceeded}"
