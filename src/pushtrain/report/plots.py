"""Read from evaluation.json and plots.json what can be drawn. Pure; scripts write both, so they may hold anything.

Keys, in plots.json or at the top of evaluation.json:
    confusion_matrix  {truth: {predicted: count}}, or {labels: [...], counts: [[...]]}: a row for each truth
    roc               {false_positive_rates: [...], true_positive_rates: [...]}
    precision_recall  {precisions: [...], recalls: [...]}
    residuals         {predicted: [...], actual: [...]}
    calibration       {predicted: [...], observed: [...]}: mean prediction and share of positives, by bin
    threshold_curves  {thresholds: [...], precision: [...], ...}: any metrics, by the threshold of the decision
    splits            {train: {rows, label_rate, from, to}, ...}: any of these facts for each split of the data
evaluation.json may also have the format of SageMaker Model Monitor: `binary_classification_metrics` and
`multiclass_classification_metrics` with confusion_matrix, receiver_operating_characteristic_curve and
precision_recall_curve. Source: "Model quality metrics and Amazon CloudWatch monitoring" of the SageMaker guide.
Values of any other shape are not drawn; their keys are named.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeVar

from msgspec import Struct, field

from pushtrain.report.scale import LARGEST_VALUE, spread_indices

CLASSES = 30  # a larger matrix is not readable
SECTIONS = ("binary_classification_metrics", "multiclass_classification_metrics", "regression_metrics")
SPLITS, THRESHOLDS = "splits", "thresholds"
MAX_SPLITS = 20
MAX_CURVES = 6  # by threshold
MAX_TEXT = 40  # characters of a time
Points = tuple[tuple[float, float], ...]
SHAPES: Mapping[str, str] = {
    "confusion_matrix": "{truth: {predicted: count}}, at most 30 classes",
    "roc": "{false_positive_rates: [...], true_positive_rates: [...]}",
    "precision_recall": "{precisions: [...], recalls: [...]}",
    "residuals": "{predicted: [...], actual: [...]}",
    "calibration": "{predicted: [...], observed: [...]}",
    "threshold_curves": "{thresholds: [...], precision: [...]}, at most 6 metrics",
    SPLITS: "{train: {rows: 455, label_rate: 0.63, from: 2026-01-01, to: 2026-06-30}}",
}
ALIASES: Mapping[str, str] = {  # of SageMaker Model Monitor
    "roc": "receiver_operating_characteristic_curve",
    "precision_recall": "precision_recall_curve",
}
Parsed = TypeVar("Parsed")


class Matrix(Struct, frozen=True, kw_only=True):
    """Counts of a confusion matrix: one row per true class, one column per predicted class."""

    labels: tuple[str, ...]
    counts: tuple[tuple[float, ...], ...]


class Split(Struct, frozen=True, kw_only=True):
    """What a script reports of one split of the data. `start` and `end` are the times of its first and last row."""

    name: str
    rows: int | None = None
    label_rate: float | None = None
    start: str = ""
    end: str = ""


class Plots(Struct, frozen=True, kw_only=True):
    """What can be drawn; None or empty if it is missing. `residuals` are (predicted, actual - predicted).

    `threshold_curves` has the values of metrics by threshold. `misshapen` are the keys whose value has another shape.
    """

    matrix: Matrix | None = None
    roc: Points | None = None
    precision_recall: Points | None = None
    residuals: Points | None = None
    calibration: Points | None = None
    threshold_curves: Mapping[str, Points] = field(default_factory=dict)
    splits: tuple[Split, ...] = ()
    misshapen: tuple[str, ...] = ()


def read_plots(evaluation: object, plots: object) -> Plots:
    """Return the first value of each kind that has the right shape; plots.json comes before evaluation.json."""
    reader = _Reader(evaluation, plots)
    residuals = reader.read("residuals", partial(_parse_pairs, x_key="predicted", y_key="actual"))
    return Plots(
        matrix=reader.read("confusion_matrix", _parse_matrix),
        roc=reader.read("roc", partial(_parse_pairs, x_key="false_positive_rates", y_key="true_positive_rates")),
        precision_recall=reader.read("precision_recall", partial(_parse_pairs, x_key="recalls", y_key="precisions")),
        residuals=tuple((predicted, actual - predicted) for predicted, actual in residuals) if residuals else None,
        calibration=reader.read("calibration", partial(_parse_pairs, x_key="predicted", y_key="observed")),
        threshold_curves=reader.read("threshold_curves", _parse_threshold_curves) or {},
        splits=reader.read(SPLITS, _parse_splits) or (),
        misshapen=tuple(key for key in SHAPES if key in reader.misshapen),
    )


class _Reader:
    """Reads the values of keys, and collects in `misshapen` the keys that have only values of another shape."""

    def __init__(self, evaluation: object, plots: object) -> None:
        sections = [evaluation.get(name) for name in SECTIONS] if isinstance(evaluation, Mapping) else []
        documents = (plots, evaluation, *sections)
        self._documents = [document for document in documents if isinstance(document, Mapping)]
        self.misshapen: set[str] = set()

    def read(self, key: str, parse: Callable[[object], Parsed | None]) -> Parsed | None:
        """Return the first value of `key`, or of its alias, that `parse` accepts."""
        names = [key, *([ALIASES[key]] if key in ALIASES else [])]
        values = [document[name] for document in self._documents for name in names if name in document]
        parsed = next((result for value in values if (result := parse(value)) is not None), None)
        if values and parsed is None:
            self.misshapen.add(key)
        return parsed


def _parse_threshold_curves(value: object) -> dict[str, Points] | None:
    if not isinstance(value, Mapping) or not 1 < len(value) <= MAX_CURVES + 1:
        return None
    names = [name for name in value if name != THRESHOLDS]
    curves = {str(name): _parse_pairs(value, THRESHOLDS, name) for name in names}
    valid = {name: points for name, points in curves.items() if points}
    return valid if len(valid) == len(curves) else None


def _parse_splits(value: object) -> tuple[Split, ...] | None:
    if not isinstance(value, Mapping) or not 0 < len(value) <= MAX_SPLITS:
        return None
    splits = tuple(split for name, facts in value.items() if (split := _parse_split(str(name), facts)))
    return splits if len(splits) == len(value) else None


def _parse_split(name: str, facts: object) -> Split | None:
    """Return a split; None if it has a key or a value that is not understood."""
    if not isinstance(facts, Mapping) or not facts or facts.keys() - {"rows", "label_rate", "from", "to"}:
        return None
    rows, rate = (_parse_number(facts.get(key)) for key in ("rows", "label_rate"))
    start, end = (facts.get(key, "") for key in ("from", "to"))
    are_numbers = (rows is None) == ("rows" not in facts) and (rate is None) == ("label_rate" not in facts)
    if not are_numbers or not all(isinstance(text, str) and len(text) <= MAX_TEXT for text in (start, end)):
        return None
    return Split(name=name, rows=None if rows is None else int(rows), label_rate=rate, start=start, end=end)


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
