"""Read a safetensors file without its library: a header in JSON, then the bytes of the tensors.

Source: the format's description in the README of huggingface/safetensors.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LENGTH_BYTES = 8  # of the header, as a little-endian number
FORMS = {
    "BOOL": "B",
    "U8": "B",
    "I8": "b",
    "U16": "H",
    "I16": "h",
    "F16": "e",
    "BF16": "bf16",
    "U32": "I",
    "I32": "i",
    "F32": "f",
    "U64": "Q",
    "I64": "q",
    "F64": "d",
}


@dataclass(frozen=True)
class RawArray:
    """An array that is written as it is stored. `form` is that of `dump`."""

    dtype: str
    form: str
    shape: tuple[int, ...]
    raw: memoryview


def read_safetensors(file: Path) -> dict[str, Any]:
    """Return the tensors by name, and the texts of the file's metadata. Raises ValueError if it is no such file."""
    content = memoryview(file.read_bytes())
    start = LENGTH_BYTES + int.from_bytes(content[:LENGTH_BYTES], "little")
    header = json.loads(bytes(content[LENGTH_BYTES:start]))
    metadata = header.pop("__metadata__", {})
    tensors = {name: _read_tensor(name, facts, content[start:]) for name, facts in header.items()}
    return tensors | ({"__metadata__": metadata} if metadata else {})


def _read_tensor(name: str, facts: dict[str, Any], content: memoryview) -> RawArray:
    first, end = facts["data_offsets"]
    raw, shape, dtype = content[first:end], tuple(facts["shape"]), facts["dtype"]
    if len(raw) != end - first:
        raise ValueError(f"the file ends before tensor {name}")
    if dtype in FORMS:
        return RawArray(dtype, FORMS[dtype], shape, raw)
    size = len(raw) // (math.prod(shape) or 1)  # bytes of one value in a format that Python cannot read
    return RawArray(dtype, "B", (*shape, size), raw)
