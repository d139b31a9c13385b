"""The name of a file, and its first bytes, decide how it is read. The libraries are tested in tests/embedded."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import numpy
import pytest

from pushtrain.local.values.extraction_program.formats import UnknownFormat, read_member


def read(folder: Path, name: str, body: bytes) -> Any:
    (folder / name).write_bytes(body)
    return read_member(folder, name)


def test_arrays_of_numpy_are_read_also_without_their_suffix(tmp_path: Path) -> None:
    numpy.save(tmp_path / "a.npy", numpy.arange(3))
    numpy.savez(tmp_path / "b.npz", x=numpy.arange(2), y=numpy.array([None]))
    assert read_member(tmp_path, "a.npy").tolist() == [0, 1, 2]
    assert read(tmp_path, "weights", (tmp_path / "a.npy").read_bytes()).tolist() == [0, 1, 2]
    assert read_member(tmp_path, "b.npz")["x"].tolist() == [0, 1]


@pytest.mark.parametrize("name", ["model.pkl", "model.sav", "model", "xgboost-model"])
def test_a_pickle_is_known_by_its_first_bytes(tmp_path: Path, name: str) -> None:
    assert read(tmp_path, name, pickle.dumps({"a": 1})) == {"a": 1}


def test_the_json_of_xgboost_is_read_and_no_other(tmp_path: Path) -> None:
    model = {"version": [3, 2, 0], "learner": {"trees": [1.5]}}
    for name in ("m.json", "xgboost-model"):
        assert read(tmp_path, name, json.dumps(model).encode()) == {"learner": {"trees": [1.5]}}
    for body in (b'{"a": 1}', b"[]", b"{", b"\xff"):
        with pytest.raises(UnknownFormat):
            read(tmp_path, "config.json", body)


@pytest.mark.parametrize("name", ["notes.txt", "model.h5", "code/inference.py", "tokenizer.bin"])
def test_other_files_are_not_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "code").mkdir()
    with pytest.raises(UnknownFormat):
        read(tmp_path, name, b"abc")
