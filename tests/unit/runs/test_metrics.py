"""evaluation.json as a flat map of metrics."""

from __future__ import annotations

from pushtrain.runs import flat_metrics


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
    assert flat_metrics(evaluation) == {"accuracy": 1, "regression_metrics.mse.value": 0.5, "'a.b'.점수": 2.5}


def test_nan_and_infinity_are_no_metrics() -> None:
    assert flat_metrics({"a": float("nan"), "b": float("inf"), "c": 1.0}) == {"c": 1.0}


def test_what_is_no_mapping_has_no_metrics() -> None:
    assert flat_metrics([1, 2]) == {}
