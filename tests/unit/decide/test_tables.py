"""Rows are read from CSV and JSON as they stand there."""

from __future__ import annotations

import pytest

from pushtrain.decide.tables import NoTable, Row, parse_answers, parse_csv


def test_a_csv_has_a_row_in_each_line_that_is_not_empty() -> None:
    assert parse_csv('\ufeff"a, b",1\r\n\n  \n"",2\n""\n'.encode()) == [["a, b", "1"], ["", "2"], [""]]


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ("0.5", ["0.5"]),
        ("0.1,0.9\r", ["0.1", "0.9"]),
        ('"yes, of course"', ["yes, of course"]),
        ("[0.10]", ["0.10"]),
        ("[[0.1, 0.9]]", ["0.1", "0.9"]),
        ('{"predictions": [{"score": 1e-3}]}', ["1e-3"]),
        ('{"label": "양호", "score": NaN}', ["양호", "NaN"]),
        ("[true, null]", ["true", "null"]),
        ("[unknown]", ["[unknown]"]),
    ],
)
@pytest.mark.parametrize("is_json", [True, False])
def test_an_answer_is_the_fields_of_a_line(line: str, row: Row, is_json: bool) -> None:
    assert parse_answers(f"{line}\n".encode(), is_json=is_json, is_one=False) == [row]


def test_a_json_text_is_one_if_json_was_asked_for() -> None:
    assert parse_answers(b'"\\uc591\\ud638"\nnull\n', is_json=True, is_one=False) == [["양호"], ["null"]]
    assert parse_answers(b"null", is_json=False, is_one=False) == [["null"]]


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        ('{"predictions": [0.1, [0.2, 1]]}', [["0.1"], ["0.2", "1"]]),
        ("[\n 0.1,\n 0.2\n]", [["0.1"], ["0.2"]]),
        ('{"label": "a", "score": 1}', [["a", "1"]]),
        ("0.1\n0.2\n", [["0.1"], ["0.2"]]),
    ],
)
def test_the_answer_to_a_whole_file_has_a_row_in_each_element(body: str, rows: list[Row]) -> None:
    assert parse_answers(body.encode(), is_json=True, is_one=True) == rows


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"yes\n\xbe\xc8", "it is no text in UTF-8 (byte 5)"),
        (b"1,2\n" + b"x" * 200_000, "it is no CSV: field larger than field limit (131072)"),
    ],
)
def test_what_is_no_table_says_why(body: bytes, reason: str) -> None:
    for read in (parse_csv, lambda content: parse_answers(content, is_json=False, is_one=False)):
        with pytest.raises(NoTable) as raised:
            read(body)
        assert str(raised.value) == reason


def test_an_answer_that_is_nested_too_deeply_is_no_table() -> None:
    with pytest.raises(NoTable) as raised:
        parse_answers(b"[" * 100_000 + b"]" * 100_000, is_json=True, is_one=False)
    assert str(raised.value) == "its JSON is nested too deeply"
