from __future__ import annotations

import pytest

from pushtrain.report.plots import Matrix, Plots, Split, read_plots

ROC = {"false_positive_rates": [0, 1], "true_positive_rates": [0.5, 1]}


def test_our_own_keys_in_plots_json() -> None:
    found = read_plots({}, {"roc": ROC, "residuals": {"predicted": [1, 2], "actual": [1, 4.5]}})
    assert found == Plots(roc=((0, 0.5), (1, 1)), residuals=((1, 0), (2, 2.5)))


def test_model_monitors_schema_in_evaluation_json() -> None:
    section = {
        "confusion_matrix": {"cat": {"cat": 5, "dog": 1}, "dog": {"cat": 0, "dog": 7}},
        "receiver_operating_characteristic_curve": ROC,
        "precision_recall_curve": {"precisions": [1, 0.5], "recalls": [0, 1]},
    }
    found = read_plots({"binary_classification_metrics": section}, {})
    assert found.matrix == Matrix(labels=("cat", "dog"), counts=((5, 1), (0, 7)))
    assert (found.roc, found.precision_recall) == (((0, 0.5), (1, 1)), ((0, 1), (1, 0.5)))


def test_plots_json_comes_before_evaluation_json() -> None:
    mine = {"labels": ["a"], "counts": [[1]]}
    theirs = {"multiclass_classification_metrics": {"confusion_matrix": {"x": {"x": 9}}}}
    assert read_plots(theirs, {"confusion_matrix": mine}).matrix == Matrix(labels=("a",), counts=((1,),))
    assert read_plots(theirs, {"confusion_matrix": "no"}).matrix == Matrix(labels=("x",), counts=((9,),))


@pytest.mark.parametrize(
    "document",
    [
        None, 7, "text", [], {"roc": None}, {"roc": []}, {"roc": {"false_positive_rates": "01"}},
        {"roc": {**ROC, "true_positive_rates": [1]}}, {"roc": {**ROC, "true_positive_rates": [1, "NaN"]}},
        {"roc": {**ROC, "true_positive_rates": [1, float("nan")]}},
        {"roc": {**ROC, "true_positive_rates": [1, 10**400]}},
        {"confusion_matrix": {}}, {"confusion_matrix": {"a": 1}}, {"confusion_matrix": {"a": {"b": 1}}},
        {"confusion_matrix": {"labels": ["a"], "counts": [[1, 2]]}}, {"confusion_matrix": {"counts": [[True]]}},
        {"confusion_matrix": {"counts": [[-1]]}}, {"confusion_matrix": {"counts": "ab"}},
        {"confusion_matrix": {"counts": [[1] * 31] * 31}},
    ],
)  # fmt: skip
def test_what_has_another_shape_is_not_drawn_but_named(document: object) -> None:
    keys: tuple[str, ...] = tuple(document) if isinstance(document, dict) else ()
    assert read_plots(document, document) == Plots(misshapen=keys)


def test_many_points_are_thinned_and_keep_their_ends() -> None:
    rates = [n / 9999 for n in range(10000)]
    found = read_plots({}, {"roc": {"false_positive_rates": rates, "true_positive_rates": rates}}).roc
    assert found is not None
    assert (found[0], found[-1]) == ((0, 0), (1, 1))
    assert len(found) <= 400


def test_calibration_and_metrics_by_threshold() -> None:
    curves = {"thresholds": [0, 0.5, 1], "precision": [0.4, 0.8, 1], "cost": [9, 5, 7]}
    found = read_plots({"calibration": {"predicted": [0.1, 0.9], "observed": [0, 1]}}, {"threshold_curves": curves})
    assert found == Plots(
        calibration=((0.1, 0), (0.9, 1)),
        threshold_curves={"precision": ((0, 0.4), (0.5, 0.8), (1, 1)), "cost": ((0, 9), (0.5, 5), (1, 7))},
    )


@pytest.mark.parametrize(
    "value",
    [7, {}, {"thresholds": [0, 1]}, {"precision": [0, 1]}, {"thresholds": [0, 1], "precision": [0]},
     {"thresholds": [0, 1], **{f"m{n}": [0, 1] for n in range(7)}}],
)  # fmt: skip
def test_curves_by_threshold_are_all_drawn_or_none(value: object) -> None:
    assert read_plots({}, {"threshold_curves": value}) == Plots(misshapen=("threshold_curves",))


def test_facts_of_splits() -> None:
    splits = {"train": {"rows": 455, "label_rate": 0.63, "from": "2026-01-01", "to": "2026-06-30"}, "test": {"rows": 0}}
    assert read_plots({}, {"splits": splits}).splits == (
        Split(name="train", rows=455, label_rate=0.63, start="2026-01-01", end="2026-06-30"),
        Split(name="test", rows=0),
    )


@pytest.mark.parametrize(
    "facts",
    [7, {}, {"rows": "455"}, {"rows": True}, {"label_rate": None}, {"from": 2026}, {"to": "x" * 41}, {"size": 1}],
)
def test_a_split_with_other_facts_is_named(facts: object) -> None:
    assert read_plots({}, {"splits": {"train": facts}}) == Plots(misshapen=("splits",))


def test_a_key_with_one_value_of_the_right_shape_is_not_named() -> None:
    assert read_plots({"roc": ROC}, {"roc": "no"}).misshapen == ()
