"""The values of `tune:`: each mistake is named, and whole numbers are a range of whole numbers."""

from __future__ import annotations

import pytest

from pushtrain.config import Range, load_config
from tests.unit.config.sample_configs import list_problems

TEXT = """model: m
data: {{raw: data/}}
train:
  framework: sklearn 1.2-1
  metrics: {{auc: 'auc=([0-9.]+);'}}
  tune: {{{tune}}}
"""


@pytest.mark.parametrize(
    ("tune", "message"),
    [
        (
            "ranges: {a: [1, 2]}, trials: 1",
            "tune: expected exactly one of maximize and minimize, with a name in `metrics`",
        ),
        (
            "maximize: auc, ranges: {a: [1, 2]}",
            "tune: `trials` is required. Write how many training jobs the search has, such as trials: 20",
        ),
        ("maximize: auc, ranges: {}, trials: 1", "tune.ranges: expected 1 entry or more, found none"),
        ("maximize: auc, trials: 1, ranges: {a: {min: 2, max: 1}}", "tune.ranges.a: min 2 must be less than max 1"),
        (
            "maximize: auc, trials: 1, ranges: {a: {min: 0, max: 1, scale: log}}",
            "tune.ranges.a: `scale: log` needs a min above 0, found 0",
        ),
        (
            "maximize: auc, trials: 1, ranges: {a: {min: 0, max: 1, scale: reverse_log}}",
            "tune.ranges.a: `scale: reverse_log` needs 0 <= min and max < 1, found 0 and 1",
        ),
        ("maximize: auc, trials: 1, ranges: {a: [x, x]}", 'tune.ranges.a: "x" is listed twice'),
        (
            "maximize: auc, trials: 1, ranges: {a: [[1]]}",
            "tune.ranges.a: expected texts, numbers, true or false, found [1]",
        ),
        ("maximize: auc, trials: 1, ranges: {sagemaker_region: [1]}", "'sagemaker_region' is set by pushtrain or"),
        ("maximize: auc, trials: 0, ranges: {a: [1, 2]}", "tune.trials: expected 1 or more"),
        ("maximize: auc, trials: 9, parallel: 11, ranges: {a: [1, 2]}", "tune.parallel: expected 10 or less"),
        ("maximize: auc, trials: 9, patience: 2, ranges: {a: [1, 2]}", "tune.patience: expected 3 or more"),
        (
            "maximize: auc, trials: 9, strategy: bayes, ranges: {a: [1, 2]}",
            "tune.strategy: expected 'bayesian', 'random', 'grid' or 'hyperband', found the text 'bayes'",
        ),
        (
            "maximize: auc, strategy: grid, ranges: {a: {min: 1, max: 2}, b: [1]}",
            "tune: a grid has only lists of values. Write a list for a",
        ),
        (
            "maximize: auc, strategy: grid, trials: 3, ranges: {a: [1, 2]}",
            "tune: this grid has 2 combinations. Remove `trials`, or set it to that number",
        ),
        (
            "maximize: auc, strategy: grid, patience: 3, ranges: {a: [1, 2]}",
            "tune: a grid tries every combination. Remove `patience`, or use `strategy: random`",
        ),
    ],
)
def test_each_mistake_is_named(tune: str, message: str) -> None:
    [error] = list_problems(TEXT.format(tune=tune))
    assert error.startswith("config.yaml:6  train.")
    assert message in error


def test_a_grid_of_too_many_combinations_is_refused() -> None:
    lists = ", ".join(f"{name}: [{', '.join(map(str, range(10)))}]" for name in "abc")
    [error] = list_problems(TEXT.format(tune=f"maximize: auc, strategy: grid, ranges: {{{lists}}}"))
    assert "this grid has 1000 combinations; at most 750 are possible" in error


def test_whole_numbers_are_a_range_of_whole_numbers() -> None:
    assert Range(min=1, max=3).is_whole
    assert not Range(min=1.0, max=3).is_whole


def test_a_search_is_written_out_as_it_was_read() -> None:
    tune = "maximize: auc, ranges: {rate: {min: 0.1, max: 1, scale: log}, kind: [a, 1]}, trials: 4"
    train = load_config(TEXT.format(tune=tune).encode()).config.train
    assert train is not None
    assert train.model_dump(mode="json")["tune"]["ranges"] == {
        "rate": {"min": 0.1, "max": 1, "scale": "log"},
        "kind": ["a", 1],
    }


def test_spot_has_no_checkpoints_if_it_searches() -> None:
    text = TEXT.format(tune="maximize: auc, ranges: {a: [1, 2]}, trials: 2")
    config = load_config(f"{text}  spot: true\n".encode()).config
    assert config.train is not None
    assert config.train.checkpoint is None
