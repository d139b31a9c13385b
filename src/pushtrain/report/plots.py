"""evaluation.json and plots.json -> what can be drawn. Pure; both documents are a script's and may hold anything.

Keys, in plots.json or at the top of evaluation.json:
    confusion_matrix  {truth: {predicted: count}}, or {labels: [...], counts: [[...]]}: a row for each truth
    roc               {false_positive_rates: [...], true_positive_rates: [...]}
    precision_recall  {precisions: [...], recalls: [...]}
    residuals         {predicted: [...], actual: [...]}
In evaluation.json also where SageMaker Model Monitor puts them: `binary_classification_metrics` and
`multiclass_classification_metrics` with confusion_matrix, receiver_operating_characteristic_curve and
precision_recall_curve. Source: "Model quality metrics and Amazon CloudWatch monitoring" of the SageMaker guide.
What is not of these shapes is not drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pushtrain.report.scale import LARGEST_VALUE, spread_indices

CLASSES = 30  # a larger matrix is no picture any more
SECTIONS = ("binary_classification_metrics", "multiclass_classification_metrics", "regression_metrics")
Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """Counts of a confusion matrix: a row for each true class, a column for each predicted one."""

    labels: tuple[str, ...]
    counts: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Plots:
    """What was found; None for what was not. `residuals` is (predicted, actual - predicted)."""

    matrix: Matrix | None = None
    roc: Points | None = None
    precision_recall: Points | None = None
    residuals: Points | None = None


def read_plots(evaluation: object, plots: object) -> Plots:
    """The first of each that has the right shape; plots.json before evaluation.json."""
    matrices = (_matrix(each) for each in _under(evaluation, plots, "confusion_matrix"))
    rocs = (
        _pairs(each, "false_positive_rates", "true_positive_rates")
        for each in _under(evaluation, plots, "roc", "receiver_operating_characteristic_curve")
    )
    recalls = (
        _pairs(each, "recalls", "precisions")
        for each in _under(evaluation, plots, "precision_recall", "precision_recall_curve")
    )
    residuals = (_pairs(each, "predicted", "actual") for each in _under(evaluation, plots, "residuals"))
    found = next(filter(None, residuals), None)
    return Plots(
        matrix=next(filter(None, matrices), None),
        roc=next(filter(None, rocs), None),
        precision_recall=next(filter(None, recalls), None),
        residuals=tuple((said, true - said) for said, true in found) if found else None,
    )


def _under(evaluation: object, plots: object, *names: str) -> Iterator[object]:
    sections = [evaluation.get(name) for name in SECTIONS] if isinstance(evaluation, Mapping) else []
    for document in (plots, evaluation, *sections):
        if isinstance(document, Mapping):
            yield from (document[name] for name in names if name in document)


def _matrix(found: object) -> Matrix | None:
    if not isinstance(found, Mapping):
        return None
    if isinstance(found.get("counts"), Sequence):
        labels, counts = found.get("labels"), found["counts"]
        rows = [list(row) for row in counts if isinstance(row, Sequence) and not isinstance(row, str)]
        named = [str(label) for label in labels] if isinstance(labels, Sequence) else [str(n) for n in range(len(rows))]
    else:
        named = [str(label) for label in found]
        rows = [[row.get(label) for label in found] for row in found.values() if isinstance(row, Mapping)]
    return _checked(named, rows)


def _checked(labels: Sequence[str], rows: Sequence[Sequence[object]]) -> Matrix | None:
    """Square, not too large, and nothing in it but counts."""
    counts = tuple(tuple(n for cell in row if (n := _number(cell)) is not None and n >= 0) for row in rows)
    size = len(labels)
    if not 0 < size <= CLASSES or len(counts) != size or any(len(row) != size for row in counts):
        return None
    return Matrix(labels=tuple(labels), counts=counts)


def _pairs(found: object, across: str, up: str) -> Points | None:
    """Pairs of two arrays of one length; thinned, the first and the last among them."""
    if not isinstance(found, Mapping):
        return None
    xs, ys = _numbers(found.get(across)), _numbers(found.get(up))
    if xs is None or ys is None or len(xs) != len(ys) or len(xs) < 2:  # noqa: PLR2004  two points make a line
        return None
    return tuple((xs[place], ys[place]) for place in spread_indices(len(xs)))


def _numbers(found: object) -> list[float] | None:
    if not isinstance(found, Sequence) or isinstance(found, str):
        return None
    numbers = [_number(each) for each in found]
    return None if None in numbers else [number for number in numbers if number is not None]


def _number(found: object) -> float | None:
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    try:
        value = float(found)
    except OverflowError:
        return None
    return value if abs(value) <= LARGEST_VALUE else None  # which NaN is not either
