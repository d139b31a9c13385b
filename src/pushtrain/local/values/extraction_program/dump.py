"""The two files that hold the values of a model: `index.jsonl` and `values.bin`.

Each line of the index is an entry with `path`, the name of a value such as `coef_`, and one of:
`text`           what is no array: a number, a text, the class of an object, the length of a list
`keys`           the keys of a mapping, sorted
`dtype`, `form`, `shape`, `offset`   an array: its bytes begin at `offset` of values.bin, in the byte order of this
                 computer. `form` is a character of the module struct, or bf16.
A line with `member` begins a file of the model, one with `end` ends it: true, or the reason why it could not be read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

INDEX, VALUES = "index.jsonl", "values.bin"


class Dump:
    """The files while they are written."""

    def __init__(self, folder: Path) -> None:
        self._index = (folder / INDEX).open("w", encoding="utf-8", errors="backslashreplace")
        self._values = (folder / VALUES).open("wb")

    def __enter__(self) -> Dump:
        return self

    def __exit__(self, *_: object) -> None:
        self._index.close()
        self._values.close()

    def begin_member(self, name: str) -> None:
        """Begin a file of the model."""
        self._write({"member": name})

    def end_member(self, reason: str = "") -> None:
        """End a file of the model. `reason` says why it could not be read."""
        self._write({"end": reason or True})

    def write_text(self, path: str, text: str) -> None:
        """Write a value that is no array."""
        self._write({"path": path, "text": text})

    def write_keys(self, path: str, keys: Iterable[str]) -> None:
        """Write the keys of a mapping, in the order in which its values follow."""
        self._write({"path": path, "keys": list(keys)})

    def write_array(self, path: str, dtype: str, form: str, shape: Sequence[int], raw: bytes | memoryview) -> None:
        """Write an array. `raw` are its bytes, row by row."""
        offset = self._values.tell()
        self._values.write(raw)
        self._write({"path": path, "dtype": dtype, "form": form, "shape": list(shape), "offset": offset})

    def _write(self, entry: dict[str, Any]) -> None:
        self._index.write(json.dumps(entry) + "\n")
