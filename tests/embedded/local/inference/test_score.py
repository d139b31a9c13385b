"""Scoring a file: every row is answered, or the one that is not is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from pushtrain.errors import LocalError, UsageError
from pushtrain.local.inference.request_rows import Request
from pushtrain.local.inference.score import Score, score_file, split_answer
from pushtrain.local.inference.server import serve
from tests.embedded.local.inference.stored import ECHO, build_model

ONE_BAD = ECHO.replace("model + row for row in rows", "str(1 / int(row)) for row in rows")


def score(tmp_path: Path, code: str, rows: str, target: str = "out.csv") -> Score:
    file = tmp_path / "rows.csv"
    file.write_text(rows, encoding="utf-8")
    model = build_model(tmp_path, {"code/inference.py": code, "weights": "w-"})
    with serve(model, on_line=print) as server:
        return score_file(server, file, tmp_path / target, content_type="text/csv")


def test_every_row_is_answered(tmp_path: Path) -> None:
    result = score(tmp_path, ECHO, "가\n" * 250)
    assert (result.rows, result.answers, result.requests) == (250, 250, 3)
    assert 0 < result.p50 <= result.p90
    assert (tmp_path / "out.csv").read_text("utf-8") == "w-가\n" * 250


def test_the_row_that_fails_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "out.csv").write_text("of yesterday")
    with pytest.raises(LocalError) as raised:
        score(tmp_path, ONE_BAD, "1\n0\n2\n")
    assert str(raised.value) == (
        f"{tmp_path}/rows.csv, line 2: inference.py, line 8: ZeroDivisionError: division by zero (500)"
    )
    assert (tmp_path / "out.csv").read_text() == "of yesterday"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["content", "out.csv", "rows.csv"]


def test_a_request_that_fails_only_as_a_whole_is_named(tmp_path: Path) -> None:
    code = ECHO.replace("return [model", "assert len(rows) < 2, 'too many'\n    return [model")
    with pytest.raises(LocalError) as raised:
        score(tmp_path, code, "1\n2\n")
    assert str(raised.value).endswith("rows.csv, lines 1 to 2: inference.py, line 8: AssertionError: too many (500)")


def test_a_server_that_dies_is_named(tmp_path: Path) -> None:
    code = ECHO.replace("return [model", "__import__('os')._exit(1)\n    return [model")
    with pytest.raises(LocalError) as raised:
        score(tmp_path, code, "1\n2\n")
    assert str(raised.value) == "the server ended while it answered lines 1 to 2"


def test_a_folder_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        score(tmp_path, ECHO, "1\n", "missing/out.csv")
    assert str(raised.value) == f"{tmp_path}/missing/out.csv cannot be written: No such file or directory"


def test_answers_become_lines() -> None:
    request = Request(body=b"", first=3, last=4, rows=2)
    assert split_answer(b"1\n2\n", request, "text/csv") == [b"1", b"2"]
    assert split_answer('[1, "가"]'.encode(), request, "application/json") == [b"1", '"가"'.encode()]
    assert split_answer(b'{"predictions": [{"a": 1}, 2]}', request, "application/json") == [b'{"a": 1}', b"2"]
    assert split_answer(b'{"a": [1]}', request, "application/json") == [b'{"a": [1]}']
    assert split_answer(b"no\njson", request, "application/json") == [b"no json"]
    with pytest.raises(LocalError) as raised:
        split_answer(b"1\n", request, "text/csv")
    assert str(raised.value) == "the model answered lines 3 to 4 with 1 lines instead of 2"
