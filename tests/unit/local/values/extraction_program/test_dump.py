"""The files have a line for each value, in ASCII, and end each file of the model."""

from __future__ import annotations

import json
from pathlib import Path

from pushtrain.local.values.extraction_program.dump import INDEX, VALUES, Dump
from pushtrain.reproduction import values


def test_each_value_is_a_line_and_arrays_follow_each_other(tmp_path: Path) -> None:
    with Dump(tmp_path) as dump:
        dump.begin_member("모델.npy")
        dump.write_text("name", "é\n\udcff")
        dump.write_array("a", "int8", "b", (2,), b"\1\2")
        dump.write_array("b", "int8", "b", (1,), b"\3")
        dump.end_member()
        dump.end_member("no module named torch")
    lines = (tmp_path / INDEX).read_bytes().splitlines()
    assert [json.loads(line) for line in lines] == [
        {"member": "모델.npy"},
        {"path": "name", "text": "é\n\udcff"},
        {"path": "a", "dtype": "int8", "form": "b", "shape": [2], "offset": 0},
        {"path": "b", "dtype": "int8", "form": "b", "shape": [1], "offset": 2},
        {"end": True},
        {"end": "no module named torch"},
    ]
    assert (tmp_path / VALUES).read_bytes() == b"\1\2\3"


def test_pushtrain_reads_the_files_by_the_same_names() -> None:
    assert (INDEX, VALUES) == (values.INDEX, values.VALUES)
