"""Read from evaluation.json and plots.json what can be drawn. Pure; scripts write both, so they may hold anything.

Keys, in plots.json or at the top of evaluation.json:
    confusion_matrix  {truth: {predicted: count}}, or {labels: [...], counts: [[...]]}: a row for each truth
    roc               {false_positive_rates: [...], true_positive_rates: [...]}
    precision_recall  {precisions: [...], recalls: [...]}
    residuals         {predicted: [...], actual: [...]}
evaluation.json may also have the format of SageMaker Model Monitor: `binary_classification_metrics` and
`multiclass_classification_metrics` with confusion_matrix, receiver_operating_characteristic_curve and
precision_recall_curve. Source: "Model quality metrics and Amazon CloudWatch monitoring" of the SageMaker guide.
Values of any other shape are ignored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pushtrain.report.scale import LARGEST_VALUE, spread_indices

CLASSES = 30  # a larger matrix is not readable
SECTIONS = ("binary_classification_metrics", "multiclass_classification_metrics", "regression_metrics")
Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """Counts of a confusion matrix: one row per true class, one column per predicted class."""

    labels: tuple[str, ...]
    counts: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Plots:
    """What can be drawn; None if it is missing. `residuals` are (predicted, actual - predicted)."""

    matrix: Matrix | None = None
    roc: Points | None = None
    precision_recall: Points | None = None
    residuals: Points | None = None


def read_plots(evaluation: object, plots: object) -> Plots:
    """Return the first value of each kind that has the right shape; plots.json comes before evaluation.json."""
    matrices = (_parse_matrix(value) for value in _find_values(evaluation, plots, "confusion_matrix"))
    rocs = (
        _parse_pairs(value, "false_positive_rates", "true_positive_rates")
        for value in _find_values(evaluation, plots, "roc", "receiver_operating_characteristic_curve")
    )
    recalls = (
        _parse_pairs(value, "recalls", "precisions")
        for value in _find_values(evaluation, plots, "precision_recall", "precision_recall_curve")
    )
    residuals = (_parse_pairs(value, "predicted", "actual") for value in _find_values(evaluation, plots, "residuals"))
    first_residuals = next(filter(None, residuals), None)
    return Plots(
        matrix=next(filter(None, matrices), None),
        roc=next(filter(None, rocs), None),
        precision_recall=next(filter(None, recalls), None),
        residuals=tuple((predicted, actual - predicted) for predicted, actual in first_residuals)
        if first_residuals
        else None,
    )


def _find_values(evaluation: object, plots: object, *names: str) -> Iterator[object]:
    sections = [evaluation.get(name) for name in SECTIONS] if isinstance(evaluation, Mapping) else []
    for document in (plots, evaluation, *sections):
        if isinstance(document, Mapping):
            yield from (document[name] for name in names if name in document)


def _parse_matrix(value: object) -> Matrix | None:
    if not isinstance(value, Mapping):
        return None
    if isinstance(value.get("counts"), Sequence):
        labels, counts = value.get("labels"), value["counts"]
        rows = [list(row) for row in counts if isinstance(row, Sequence) and not isinstance(row, str)]
        names = [str(label) for label in labels] if isinstance(labels, Sequence) else [str(n) for n in range(len(rows))]
    else:
        names = [str(label) for label in value]
        rows = [[row.get(label) for label in value] for row in value.values() if isinstance(row, Mapping)]
    return _build_matrix(names, rows)


def _build_matrix(labels: Sequence[str], rows: Sequence[Sequence[object]]) -> Matrix | None:
    """Return the matrix; None unless it is square, not too large, and contains only counts."""
    counts = tuple(tuple(n for cell in row if (n := _parse_number(cell)) is not None and n >= 0) for row in rows)
    size = len(labels)
    if not 0 < size <= CLASSES or len(counts) != size or any(len(row) != size for row in counts):
        return None
    return Matrix(labels=tuple(labels), counts=counts)


def _parse_pairs(value: object, x_key: str, y_key: str) -> Points | None:
    """Return pairs of two arrays of equal length, thinned out; the first and last pair are kept."""
    if not isinstance(value, Mapping):
        return None
    xs, ys = _parse_numbers(value.get(x_key)), _parse_numbers(value.get(y_key))
    if xs is None or ys is None or len(xs) != len(ys) or len(xs) < 2:  # noqa: PLR2004  two points make a line
        return None
    return tuple((xs[index], ys[index]) for index in spread_indices(len(xs)))


def _parse_numbers(value: object) -> list[float] | None:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return None
    numbers = [_parse_number(number) for number in value]
    return None if None in numbers else [number for number in numbers if number is not None]


def _parse_number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if abs(number) <= LARGEST_VALUE else None  # False for NaN, too
