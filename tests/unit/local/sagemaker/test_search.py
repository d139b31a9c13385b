"""The values that a search on this computer tries."""

from __future__ import annotations

from typing import Any

import pytest

from pushtrain.local.sagemaker.search import list_trials, name_search, select_seeds

RANGES = {
    "CategoricalParameterRanges": [{"Name": "kind", "Values": ['"a"', '"b"']}, {"Name": "deep", "Values": ["true"]}],
    "IntegerParameterRanges": [{"Name": "depth", "MinValue": "2", "MaxValue": "4", "ScalingType": "Auto"}],
    "ContinuousParameterRanges": [
        {"Name": "rate", "MinValue": "0.001", "MaxValue": "0.1", "ScalingType": "Logarithmic"}
    ],
}


def config(strategy: str = "Bayesian", count: int = 200, ranges: Any = RANGES, seed: int = 1) -> dict[str, Any]:
    limits = {"MaxNumberOfTrainingJobs": count, "MaxParallelTrainingJobs": 1}
    return {"Strategy": strategy, "RandomSeed": seed, "ResourceLimits": limits, "ParameterRanges": ranges}


def test_a_random_search_stays_in_its_ranges_and_reaches_both_ends_of_whole_numbers() -> None:
    trials = list(list_trials(config()))
    assert len(trials) == 200
    assert {trial["kind"] for trial in trials} == {'"a"', '"b"'}
    assert {trial["depth"] for trial in trials} == {"2", "3", "4"}
    assert all(0.001 <= float(trial["rate"]) <= 0.1 for trial in trials)


@pytest.mark.parametrize(
    ("scale", "low", "high", "middle"),
    [("Linear", 0.001, 0.1, 0.05), ("Logarithmic", 0.001, 0.1, 0.01), ("ReverseLogarithmic", 0.9, 0.999, 0.99)],
)
def test_half_of_the_trials_are_on_each_side_of_the_middle_of_a_scale(
    scale: str, low: float, high: float, middle: float
) -> None:
    entry = {"Name": "rate", "MinValue": str(low), "MaxValue": str(high), "ScalingType": scale}
    trials = list(list_trials(config(ranges={"ContinuousParameterRanges": [entry]}, count=400)))
    below = sum(float(trial["rate"]) < middle for trial in trials)
    assert 150 < below < 250


def test_whole_numbers_from_zero_have_no_logarithm() -> None:
    entry = {"Name": "n", "MinValue": "0", "MaxValue": "1", "ScalingType": "Auto"}
    trials = list_trials(config(ranges={"IntegerParameterRanges": [entry]}))
    assert {trial["n"] for trial in trials} == {"0", "1"}


def test_the_same_seed_gives_the_same_values() -> None:
    assert list(list_trials(config())) == list(list_trials(config()))
    assert list(list_trials(config())) != list(list_trials(config(seed=2)))


def test_a_grid_has_every_combination_once() -> None:
    lists = [{"Name": "a", "Values": ["1", "2"]}, {"Name": "b", "Values": ["x", "y", "z"]}]
    trials = list(list_trials(config("Grid", ranges={"CategoricalParameterRanges": lists})))
    assert len(trials) == len({tuple(trial.items()) for trial in trials}) == 6
    assert trials[0] == {"a": "1", "b": "x"}


@pytest.mark.parametrize(
    ("strategy", "text"),
    [
        ("Bayesian", "random search (bayesian on AWS)"),
        ("Hyperband", "random search (hyperband on AWS)"),
        ("Random", "random search"),
        ("Grid", "grid search"),
    ],
)
def test_the_output_names_the_search_of_this_computer(strategy: str, text: str) -> None:
    assert name_search(config(strategy)) == text


def test_a_search_begins_with_the_best_values_of_earlier_ones_that_its_ranges_have() -> None:
    integers = [{"Name": "depth", "MinValue": "2", "MaxValue": "8"}]
    kinds = [{"Name": "kind", "Values": ["a", "b"]}]
    searched = config(ranges={"IntegerParameterRanges": integers, "CategoricalParameterRanges": kinds})
    best, second = {"depth": "9", "kind": "a"}, {"depth": "8", "kind": "b"}
    seeds = select_seeds(searched, [[best, second], [second], [], [{"depth": "3"}], [{"depth": "many", "kind": "a"}]])
    assert seeds == [second]
    trials = list(list_trials(searched, seeds))
    assert trials == [second, *list(list_trials(searched))[:-1]]
