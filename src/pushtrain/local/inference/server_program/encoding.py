"""Content types: decode a request to an array, and encode a prediction.

Sources: _encoders.py of sagemaker-containers, decoder.py and encoder.py of sagemaker-inference-toolkit.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import numpy as np

JSON, CSV, NPY = "application/json", "text/csv", "application/x-npy"
TEXT_TYPES = (JSON, CSV)
LIBSVM_TYPES = ("text/libsvm", "text/x-libsvm")


class UnsupportedType(Exception):
    """A content type that the container does not decode or encode."""


def parse_csv(text: str) -> Any:
    """Return the fields as texts; a single row, or a single column, gives a list of one dimension."""
    return np.array(list(csv.reader(io.StringIO(text), strict=True))).squeeze()


def decode(body: Any, content_type: str, read_csv: Callable[[str], Any]) -> Any:
    """Return an array of JSON, CSV or NPY. Raises UnsupportedType."""
    if content_type == JSON:
        return np.array(json.loads(body))
    if content_type == CSV:
        return read_csv(body)
    if content_type == NPY:
        return np.load(io.BytesIO(body), allow_pickle=True)
    raise UnsupportedType(f"Content-Type {content_type} is not one that this image decodes; input_fn can")


def encode(prediction: Any, accept: str) -> Any:
    """Return an array as JSON, CSV or NPY. Raises UnsupportedType."""
    if accept == JSON:
        return json.dumps(prediction, default=lambda array: array.tolist())
    if accept == CSV:
        rows, text = np.array(prediction), io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(rows.reshape(-1, 1) if rows.ndim == 1 else rows)
        return text.getvalue()
    if accept == NPY:
        content = io.BytesIO()
        np.save(content, prediction)
        return content.getvalue()
    raise UnsupportedType(f"Accept {accept} is not one that this image encodes; output_fn can")


def parse_numbers(text: str) -> Any:
    """Return the rows of a CSV as numbers. An empty field is missing."""
    rows = [[field or "nan" for field in line.rstrip("\r").split(",")] for line in text.split("\n")]
    return np.array(rows).astype(float)


def parse_libsvm(text: str) -> Any:
    """Return a matrix of `label index:value ...` lines; indices that start at 1 are moved to 0."""
    pairs = [[word.split(":", 1) for word in line.split() if ":" in word] for line in text.strip().split("\n")]
    columns = [int(index) for row in pairs for index, _ in row]
    offset = 1 if min(columns) >= 1 else 0
    matrix = np.zeros((len(pairs), max(columns) + 1 - offset))
    for number, row in enumerate(pairs):
        for index, value in row:
            matrix[number, int(index) - offset] = float(value)
    return matrix
