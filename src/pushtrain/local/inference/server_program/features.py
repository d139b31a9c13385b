"""The features of a request: what input_fn returns, as columns and rows of texts, noted in a file.

In: any object. Out: a line of JSON for each request, `{"columns": ["age"], "rows": [["31"]]}`, or `{"fault": "..."}`
for what cannot be read as a table; then nothing more is noted. Texts are as in a CSV: a missing value is empty.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

MAX_ROWS = 10_000  # as many as a verdict compares; this program cannot import that module
MISSING_TYPES = frozenset({"NoneType", "NAType", "NaTType"})
SIMPLE_TYPES = (bool, int, float, str)
Table = tuple["list[str] | None", "list[list[str]]"]


class NoTable(Exception):
    """An object is no table. The message says why."""


class FeatureLog:
    """The file with the features of each request, in the order of the requests."""

    def __init__(self, file: Path) -> None:
        self._file, self._rows, self._is_closed = file.absolute(), 0, False

    def add(self, features: Any, lines: int) -> None:
        """Note the features of a request of so many lines. What cannot be noted is said once."""
        if self._is_closed:
            return
        try:
            columns, rows = build_table(features, lines)
        except NoTable as error:
            self.close(str(error))
        except Exception as error:  # noqa: BLE001 - any object may come from the code of the model
            self.close(f"what input_fn returned cannot be read as a table: {error}")
        else:
            self._rows += len(rows)
            if self._rows > MAX_ROWS:
                self.close(f"input_fn made more than {MAX_ROWS} rows. Test with fewer requests")
                return
            self._write({"columns": columns, "rows": rows})

    def close(self, fault: str) -> None:
        """Note why no more features follow."""
        self._is_closed = True
        self._write({"fault": fault})

    def _write(self, document: Mapping[str, Any]) -> None:
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(document, ensure_ascii=False) + "\n")


def build_table(features: Any, lines: int) -> Table:
    """Return the names of columns, None if they have none, and rows of texts. Raises NoTable.

    Known are frames of pandas, arrays, sparse matrices, tensors, XGBoost's DMatrix, lists, dicts of columns, and single
    values. A list without rows in it is one row, or one row for each of the request's `lines` if it has as many values.
    """
    if hasattr(features, "itertuples"):
        return [str(name) for name in features.columns], _format_rows(features.itertuples(index=False, name=None))
    if hasattr(features, "num_col") and hasattr(features, "get_data"):
        return features.feature_names, _format_rows(_fill_gaps(features.get_data()))
    if isinstance(features, Mapping):
        return _build_from_columns({str(name): _unwrap(values) for name, values in features.items()})
    values = _unwrap(features)
    if isinstance(values, list | tuple):
        return _build_from_list(values, lines)
    if not isinstance(values, SIMPLE_TYPES):
        raise NoTable(f"input_fn returned an object of type {type(features).__name__}, which is no table")
    return None, [[_format(values)]]


def _build_from_list(values: Sequence[Any], lines: int) -> Table:
    if values and all(isinstance(value, Mapping) for value in values):
        names = list(values[0])
        return [str(name) for name in names], _format_rows([value.get(name) for name in names] for value in values)
    if any(isinstance(value, list | tuple) for value in values):
        return None, _format_rows(values)
    return None, _format_rows([[value] for value in values] if len(values) == lines > 1 else [values])


def _unwrap(values: Any) -> Any:
    """Return an array, a series, a sparse matrix or a tensor as a list."""
    dense = values.toarray() if hasattr(values, "toarray") else values
    return dense.tolist() if hasattr(dense, "tolist") else dense


def _fill_gaps(matrix: Any) -> list[list[float | None]]:
    """Return the rows of a sparse matrix in which a value that is not stored is missing, as DMatrix has it."""
    rows: list[list[float | None]] = []
    for number in range(matrix.shape[0]):
        row: list[float | None] = [None] * matrix.shape[1]
        for position in range(matrix.indptr[number], matrix.indptr[number + 1]):
            row[matrix.indices[position]] = float(matrix.data[position])
        rows.append(row)
    return rows


def _build_from_columns(columns: Mapping[str, Any]) -> Table:
    lists = [values if isinstance(values, list | tuple) else [values] for values in columns.values()]
    if len({len(values) for values in lists}) > 1:
        raise NoTable("input_fn returned a dict whose values have different lengths, which is no table")
    return list(columns), _format_rows(zip(*lists, strict=True))


def _format_rows(rows: Iterable[Any]) -> list[list[str]]:
    """Return rows as texts. Raises NoTable if there is another dimension, or none."""
    formatted = []
    for row in rows:
        if not isinstance(row, list | tuple):
            raise NoTable("input_fn returned a list with rows and with single values, which is no table")
        formatted.append([_format(value) for value in row])
    return formatted


def _format(value: Any) -> str:
    if type(value).__name__ in MISSING_TYPES:
        return ""
    if isinstance(value, list | tuple | Mapping):
        raise NoTable("input_fn returned more than two dimensions, which is no table")
    simple = value.item() if hasattr(value, "item") else value
    if isinstance(simple, bool):
        return "true" if simple else "false"
    return "" if isinstance(simple, float) and simple != simple else str(simple)  # noqa: PLR0124 - NaN
