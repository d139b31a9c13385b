"""Content types of requests to a model: which one a file has, and whether each of its lines is a row. Pure."""

from __future__ import annotations

from pathlib import PurePath

JSON, CSV, LIBSVM = "application/json", "text/csv", "text/libsvm"
CONTENT_TYPES = {
    ".csv": CSV,
    ".json": JSON,
    ".jsonl": JSON,
    ".libsvm": LIBSVM,
    ".npy": "application/x-npy",
    ".svm": LIBSVM,
}
WHOLE_FILE = frozenset({".json", ".npy"})


def find_content_type(file: str) -> str:
    """Return the content type for the ending of a file's name; empty for an unknown ending."""
    return CONTENT_TYPES.get(PurePath(file).suffix.lower(), "")


def has_rows(file: str) -> bool:
    """Return True if each line of a file is a row; False if the whole file is one request: `.json` and `.npy`."""
    return PurePath(file).suffix.lower() not in WHOLE_FILE
