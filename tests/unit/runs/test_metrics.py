"""evaluation.json as a flat map of metrics."""

from __future__ import annotations

from pushtrain.runs import flatten_metrics
from pushtrain.runs.metrics import MAX_LEAVES


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
