"""evaluation.json as a flat map of metrics."""

from __future__ import annotations

import pytest

from pushtrain.decide.metrics import (
    MAX_LEAVES,
    NoValue,
    find_non_finite,
    find_value,
    flatten_metrics,
    shorten_metric,
    shorten_metrics,
)


def test_numeric_leaves_by_dotted_path_without_arrays_texts_and_flags() -> None:
    evaluation = {
        "accuracy": 1,
        "regression_metrics": {"mse": {"value": 0.5, "standard_deviation": "NaN"}},
        "a.b": {"점수": 2.5},
        "roc": [0.1, 0.2],
        "ok": True,
        "note": "text",
        "nothing": None,
    }
    assert flatten_metrics(evaluation) == {"accuracy": 1, "regression_metrics.mse.value": 0.5, "'a.b'.점수": 2.5}


def test_nan_and_infinity_are_no_metrics() -> None:
    assert flatten_metrics({"a": float("nan"), "b": float("inf"), "c": 1.0}) == {"c": 1.0}


def test_what_is_no_mapping_has_no_metrics() -> None:
    assert flatten_metrics([1, 2]) == {}


def test_whatever_a_script_writes_is_read_in_bounds() -> None:
    deep: dict[str, object] = {"a": 1}
    for _ in range(5000):
        deep = {"": deep}
    wide = {"k" * 1_000_000: dict.fromkeys(map(str, range(1000)), 1), "b": 10**400, "c": 2}
    assert flatten_metrics({"deep": deep, **wide}) == {"c": 2}
    assert len(flatten_metrics(dict.fromkeys(map(str, range(MAX_LEAVES + 5)), 0.5))) == MAX_LEAVES


def test_numbers_in_lists_are_read_on_request() -> None:
    evaluation = {"metrics": [{"value": 0.9}, 2], "a": 1}
    assert flatten_metrics(evaluation) == {"a": 1}
    assert flatten_metrics(evaluation, in_lists=True) == {"metrics[0].value": 0.9, "metrics[1]": 2, "a": 1}


def test_nan_and_infinity_are_found_in_lists_too() -> None:
    assert find_non_finite({"a": [1, float("nan")], "b": {"c": float("inf")}, "d": 10**400}) == ["a[1]", "b.c"]


@pytest.mark.parametrize("keys", [("a", 2), ("a", "0"), ("b",), (0,), ("a", 0, "x")])
def test_nothing_is_at_a_path_that_leads_nowhere(keys: tuple[str | int, ...]) -> None:
    with pytest.raises(NoValue):
        find_value({"a": [1, 2]}, keys)


def test_a_value_is_found_by_keys_and_indices() -> None:
    assert find_value([{"a.b": [1, {"c": 3}]}], (0, "a.b", 1, "c")) == 3


def test_short_names() -> None:
    names = ("a.b.value", "value", "a..b", "'x.y'.value", "a.scores[0].value", "scores[0][1]", "[0].value", "$.a")
    assert [shorten_metric(name) for name in names] == [
        *("b", "value", "a..b", "x.y", "scores[0]", "scores[0][1]", "[0]", "$.a"),
    ]


def test_metrics_with_equal_short_names_keep_their_whole_paths() -> None:
    assert shorten_metrics(["a.auc.value", "b.auc", "b.loss.value"]) == {
        "a.auc.value": "a.auc.value",
        "b.auc": "b.auc",
        "b.loss.value": "loss",
    }
