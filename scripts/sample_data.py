"""Small data files from a recipe: rows of random values, in the shape that a script expects.

In: a recipe of a file, as the cases in `benchmarks/public_scripts/` write it. Out: its bytes, always the same ones.

    rows: 200                       # a CSV file; `header: false` and `separator: ;` change it
    columns: {age: 18..90, price: 0.5..9.5, sex: [M, F], id: row, time: hour, constant: 3}
    libsvm: {rows: 100, features: 8}
    array: {shape: [100, 8]}        # a NumPy file of 64-bit floats
    text: any text
"""

from __future__ import annotations

import csv
import io
import random
import struct
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import product
from typing import Any

SEED = 7
START = datetime(2024, 1, 1)


def build_file(recipe: Mapping[str, Any]) -> bytes:
    """Return the content of a file. Raises KeyError if the recipe has none of the shapes."""
    numbers = random.Random(SEED)
    if "text" in recipe:
        return str(recipe["text"]).encode()
    if "libsvm" in recipe:
        return _build_libsvm(numbers, **recipe["libsvm"])
    if "array" in recipe:
        return _build_array(numbers, recipe["array"]["shape"])
    return _build_table(numbers, recipe)


def _build_table(numbers: random.Random, recipe: Mapping[str, Any]) -> bytes:
    columns, text = recipe["columns"], io.StringIO()
    writer = csv.writer(text, delimiter=recipe.get("separator", ","), lineterminator="\n")
    if recipe.get("header", True):
        writer.writerow(columns)
    for row in range(recipe["rows"]):
        writer.writerow([_draw(numbers, values, row) for values in columns.values()])
    return text.getvalue().encode()


def _draw(numbers: random.Random, values: Any, row: int) -> Any:
    """Return one value of a column: of a list, of a range such as `1..9`, the row's number or hour, or a constant.

    The first rows have each value of a list once, so that no class is missing.
    """
    if isinstance(values, list):
        return values[row] if row < len(values) else numbers.choice(values)
    if values == "row":
        return row + 1
    if values == "hour":
        return (START + timedelta(hours=row)).isoformat(sep=" ")
    if not isinstance(values, str) or ".." not in values:
        return values
    low, high = values.split("..")
    if "." in low or "." in high:
        return round(numbers.uniform(float(low), float(high)), 4)
    return numbers.randint(int(low), int(high))


def _build_libsvm(numbers: random.Random, rows: int, features: int) -> bytes:
    lines = []
    for _ in range(rows):
        values = " ".join(f"{index}:{numbers.random():.4f}" for index in range(1, features + 1))
        lines.append(f"{numbers.randint(0, 9)} {values}\n")
    return "".join(lines).encode()


def _build_array(numbers: random.Random, shape: list[int]) -> bytes:
    """Return a file in NumPy's format, version 1.0."""
    described = f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {described}, }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    count = len(list(product(*map(range, shape))))
    values = [numbers.random() for _ in range(count)]
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + struct.pack(f"<{count}d", *values)
