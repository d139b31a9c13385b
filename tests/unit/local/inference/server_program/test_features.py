"""What input_fn returns is noted as a table, whatever its type, or the log says why it is none."""

from __future__ import annotations

import json
import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from pushtrain.decide import serving_comparison
from pushtrain.local.inference.server_program.features import MAX_ROWS, FeatureLog, NoTable, build_table

NOT_AVAILABLE = type("NAType", (), {})()  # pandas.NA


class Frame:
    """Stands for a DataFrame of pandas."""

    columns = ("나이", 7)

    def itertuples(self, *, index: bool, name: None) -> Any:
        assert (index, name) == (False, None)
        return iter([(np.float64(31.5), True), (math.nan, NOT_AVAILABLE)])


class Matrix:
    """Stands for a DMatrix of XGBoost, in which the second value of the first row is missing."""

    feature_names = None

    def num_col(self) -> int:
        return 2

    def get_data(self) -> Any:
        return SimpleNamespace(shape=(2, 2), indptr=[0, 1, 3], indices=[0, 0, 1], data=[1.0, 2.0, 0.0])


@pytest.mark.parametrize(
    ("features", "lines", "table"),
    [
        (Frame(), 2, (["나이", "7"], [["31.5", "true"], ["", ""]])),
        (Matrix(), 2, (None, [["1.0", ""], ["2.0", "0.0"]])),
        (np.array([[1, 2], [3, 4]]), 2, (None, [["1", "2"], ["3", "4"]])),
        (np.array([1.5, 2.5]), 1, (None, [["1.5", "2.5"]])),
        (np.array([1.5, 2.5]), 2, (None, [["1.5"], ["2.5"]])),
        (SimpleNamespace(toarray=lambda: np.array([[0, 1]])), 1, (None, [["0", "1"]])),
        ([{"a": 1, "b": None}, {"b": "x", "a": 2}], 2, (["a", "b"], [["1", ""], ["2", "x"]])),
        (
            {"inputs": ["좋아요", "싫어요"], "n": np.array([1, 2])},
            2,
            (["inputs", "n"], [["좋아요", "1"], ["싫어요", "2"]]),
        ),
        ({"age": 31, "plan": "pro"}, 1, (["age", "plan"], [["31", "pro"]])),
        (3.5, 1, (None, [["3.5"]])),
        ([], 0, (None, [[]])),
    ],
)
def test_tables_are_read(features: Any, lines: int, table: Any) -> None:
    assert build_table(features, lines) == table


@pytest.mark.parametrize(
    ("features", "reason"),
    [
        (np.zeros((1, 2, 2)), "input_fn returned more than two dimensions, which is no table"),
        (object(), "input_fn returned an object of type object, which is no table"),
        (b"1,2", "input_fn returned an object of type bytes, which is no table"),
        ([[1], 2], "input_fn returned a list with rows and with single values, which is no table"),
        ({"a": [1, 2], "b": [1]}, "input_fn returned a dict whose values have different lengths, which is no table"),
    ],
)
def test_what_is_no_table_says_why(features: Any, reason: str) -> None:
    with pytest.raises(NoTable) as raised:
        build_table(features, 1)
    assert str(raised.value) == reason


def read_log(file: Path) -> list[Any]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_the_log_has_a_line_for_each_request_until_something_is_no_table(tmp_path: Path) -> None:
    log = FeatureLog(tmp_path / "log")
    log.add([1, 2], 1)
    log.add(SimpleNamespace(tolist=lambda: 1 / 0), 1)
    log.add([3, 4], 1)
    assert read_log(tmp_path / "log") == [
        {"columns": None, "rows": [["1", "2"]]},
        {"fault": "what input_fn returned cannot be read as a table: division by zero"},
    ]


def test_too_many_rows_are_not_kept(tmp_path: Path) -> None:
    assert MAX_ROWS == serving_comparison.MAX_ROWS
    log = FeatureLog(tmp_path / "log")
    log.add(list(range(MAX_ROWS + 1)), MAX_ROWS + 1)
    assert read_log(tmp_path / "log") == [{"fault": "input_fn made more than 10000 rows. Test with fewer requests"}]
