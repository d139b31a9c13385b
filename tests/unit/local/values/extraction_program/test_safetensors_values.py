"""A safetensors file is read without its library."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import pytest

from pushtrain.local.values.extraction_program.safetensors_values import read_safetensors


def write(folder: Path, header: dict[str, Any], body: bytes) -> Path:
    text = json.dumps(header).encode()
    file = folder / "m.safetensors"
    file.write_bytes(struct.pack("<Q", len(text)) + text + body)
    return file


def test_tensors_and_texts_are_read(tmp_path: Path) -> None:
    header = {
        "__metadata__": {"format": "pt"},
        "w": {"dtype": "F32", "shape": [1, 2], "data_offsets": [2, 10]},
        "q": {"dtype": "F8_E4M3", "shape": [2], "data_offsets": [0, 2]},
    }
    tensors = read_safetensors(write(tmp_path, header, b"ab" + struct.pack("<2f", 0.5, 1)))
    assert tensors.pop("__metadata__") == {"format": "pt"}
    assert {name: (array.dtype, array.form, array.shape) for name, array in tensors.items()} == {
        "w": ("F32", "f", (1, 2)),
        "q": ("F8_E4M3", "B", (2, 1)),
    }
    assert bytes(tensors["q"].raw) == b"ab"
    assert struct.unpack("<2f", tensors["w"].raw) == (0.5, 1)


def test_a_file_that_is_too_short_is_an_error(tmp_path: Path) -> None:
    header = {"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}
    with pytest.raises(ValueError, match="the file ends before tensor w"):
        read_safetensors(write(tmp_path, header, b"abcd"))
