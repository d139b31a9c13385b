"""The values of hyperparameters that a search on this computer tries: all combinations of a grid, or random ones. Pure.

In: HyperParameterTuningJobConfig of a CreateHyperParameterTuningJob request. Out: for each trial the texts of its
hyperparameters, as SageMaker passes them. The same config gives the same values.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pushtrain.catalog import tuning_job

Values = dict[str, str]

GRID = "Grid"


def name_search(config: Mapping[str, Any]) -> str:
    """Return what this computer does: `grid search`, or `random search (bayesian on AWS)`."""
    strategy = config["Strategy"]
    if strategy == GRID:
        return "grid search"
    on_aws = "" if strategy == "Random" else f" ({strategy.lower()} on AWS)"
    return f"random search{on_aws}"


def list_trials(config: Mapping[str, Any], seeds: Sequence[Values] = ()) -> Iterator[Values]:
    """Yield the values of each trial, in order. A random search begins with `seeds`."""
    ranges = config.get("ParameterRanges") or {}
    if config["Strategy"] == GRID:
        choices = {entry["Name"]: entry["Values"] for entry in ranges.get("CategoricalParameterRanges", ())}
        yield from (dict(zip(choices, values, strict=True)) for values in itertools.product(*choices.values()))
        return
    generator = random.Random(config.get("RandomSeed", 0))  # noqa: S311 - no secret
    drawn = (_draw(ranges, generator) for _ in itertools.count())
    yield from itertools.islice(itertools.chain(seeds, drawn), config["ResourceLimits"][tuning_job.MAX_TRIALS])


def select_seeds(config: Mapping[str, Any], searches: Iterable[Sequence[Values]]) -> list[Values]:
    """Return the best values of each earlier search that the ranges of this one still have, each once.

    `searches` has the values of the trials of each search, the best trial first.
    """
    best = (next((values for values in search if _has(config, values)), None) for search in searches)
    return [dict(pairs) for pairs in dict.fromkeys(tuple(sorted(values.items())) for values in best if values)]


def _has(config: Mapping[str, Any], values: Values) -> bool:
    ranges = config.get("ParameterRanges") or {}
    entries = [entry for group in ranges.values() for entry in group]
    return values.keys() == {entry["Name"] for entry in entries} and all(
        values[entry["Name"]] in entry["Values"]
        if "Values" in entry
        else _is_between(values[entry["Name"]], float(entry["MinValue"]), float(entry["MaxValue"]))
        for entry in entries
    )


def _is_between(text: str, low: float, high: float) -> bool:
    try:
        return low <= float(text) <= high
    except ValueError:
        return False


def _draw(ranges: Mapping[str, Any], generator: random.Random) -> Values:
    values: Values = {}
    for entry in ranges.get("CategoricalParameterRanges", ()):
        values[entry["Name"]] = generator.choice(entry["Values"])
    for entry in ranges.get("IntegerParameterRanges", ()):
        low, high = int(entry["MinValue"]), int(entry["MaxValue"])
        number = round(_draw_number(low - 0.5, high + 0.5, _find_scale(entry, low), generator))
        values[entry["Name"]] = str(min(max(number, low), high))
    for entry in ranges.get("ContinuousParameterRanges", ()):
        least, most = float(entry["MinValue"]), float(entry["MaxValue"])
        real = _draw_number(least, most, entry.get("ScalingType", "Auto"), generator)
        values[entry["Name"]] = repr(min(max(real, least), most))
    return values


def _find_scale(entry: Mapping[str, Any], low: int) -> str:
    """Return the scale of a range of whole numbers. The logarithm of one that begins at half a step is known."""
    scale = str(entry.get("ScalingType", "Auto"))
    return scale if low > 0 else "Linear"


def _draw_number(low: float, high: float, scale: str, generator: random.Random) -> float:
    if scale == "Logarithmic":
        return math.exp(generator.uniform(math.log(low), math.log(high)))
    if scale == "ReverseLogarithmic":
        return 1 - math.exp(generator.uniform(math.log(1 - high), math.log(1 - low)))
    return generator.uniform(low, high)
