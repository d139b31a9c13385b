"""Data files from recipes: the same bytes each time, in the shape that the recipe says."""

from __future__ import annotations

import ast

import pytest

from scripts.sample_data import build_file


def test_a_table_has_its_header_and_every_value_of_a_list() -> None:
    recipe = {
        "rows": 4,
        "columns": {"id": "row", "sex": ["M", "F"], "age": "18..20", "t": "hour", "x": "0.5..0.9", "c": 3},
    }
    lines = build_file(recipe).decode().splitlines()
    assert (lines[0], len(lines)) == ("id,sex,age,t,x,c", 5)
    rows = [line.split(",") for line in lines[1:]]
    assert [row[0] for row in rows] == ["1", "2", "3", "4"]
    assert [row[1] for row in rows[:2]] == ["M", "F"]
    assert all(18 <= int(row[2]) <= 20 and 0.5 <= float(row[4]) <= 0.9 and row[5] == "3" for row in rows)
    assert [row[3] for row in rows[:2]] == ["2024-01-01 00:00:00", "2024-01-01 01:00:00"]
    assert build_file(recipe) == build_file(recipe)


def test_header_and_separator_can_be_left_out_and_changed() -> None:
    recipe = {"rows": 1, "header": False, "separator": ";", "columns": {"a": 1, "b": "x"}}
    assert build_file(recipe) == b"1;x\n"


def test_libsvm_text_and_arrays() -> None:
    lines = build_file({"libsvm": {"rows": 2, "features": 3}}).decode().splitlines()
    assert [len(line.split()) for line in lines] == [4, 4]
    assert lines[0].split()[1].startswith("1:")
    assert build_file({"text": "a\nb"}) == b"a\nb"
    array = build_file({"array": {"shape": [3, 2]}})
    assert array[:8] == b"\x93NUMPY\x01\x00"
    length = int.from_bytes(array[8:10], "little")
    assert ast.literal_eval(array[10 : 10 + length].decode())["shape"] == (3, 2)
    assert ((10 + length) % 64, len(array) - 10 - length) == (0, 6 * 8)
    with pytest.raises(KeyError):
        build_file({})
