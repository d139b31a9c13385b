"""Read tables from what a model answered and from what evaluation.py expects: rows of fields. Pure.

In: bytes that a job wrote. Out: rows whose fields are texts. A number is the text that stands in the file.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

Row = list[str]


class NoTable(Exception):
    """The bytes are no table. The message says why."""


def parse_csv(body: bytes) -> list[Row]:
    """Return the rows of a CSV without empty lines. Raises NoTable."""
    try:
        rows = list(csv.reader(io.StringIO(_decode(body), newline="")))
    except csv.Error as error:
        raise NoTable(f"it is no CSV: {error}") from error
    return [row for row in rows if row and not (len(row) == 1 and row[0].isspace())]


def parse_answers(body: bytes, *, is_json: bool, is_one: bool) -> list[Row]:
    """Return the rows of answers: one for each line. Raises NoTable.

    `is_json`: that is what was asked for. A line in brackets is read as JSON anyway, if it is. `is_one`: it is the
    answer to one request with many rows, so a JSON list has a row in each element.
    """
    text = _decode(body)
    try:
        document = _parse_json(text, is_json=is_json) if is_one else None
        if document is None:
            return [_parse_line(line, is_json=is_json) for line in text.split("\n") if line.strip()]
        rows = _unwrap(document)
        return [list(_flatten(row)) for row in rows] if isinstance(rows, list) else [list(_flatten(rows))]
    except RecursionError as error:
        raise NoTable("its JSON is nested too deeply") from error


def _decode(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NoTable(f"it is no text in UTF-8 (byte {error.start + 1})") from error


def _parse_line(line: str, *, is_json: bool) -> Row:
    document = _parse_json(line, is_json=is_json)
    if document is not None:
        return list(_flatten(document))
    try:
        return next(csv.reader([line.rstrip("\r")]))
    except csv.Error as error:
        raise NoTable(f"it is no CSV: {error}") from error


def _parse_json(text: str, *, is_json: bool) -> Any:
    """Return a document whose numbers and constants are texts; None if it is no JSON."""
    if not is_json and not text.lstrip().startswith(("[", "{")):
        return None
    try:
        document = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except ValueError:
        return None
    return "null" if document is None else document


def _unwrap(document: Any) -> Any:
    """Return the value of the only member of an object: the list in {"predictions": [...]}."""
    while isinstance(document, dict) and len(document) == 1:
        document = next(iter(document.values()))
    return document


def _flatten(value: Any) -> Iterator[str]:
    """Yield the fields of a row: [[0.1, 0.9]] has two, {"label": "yes", "score": 0.9} too."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _flatten(inner)
        return
    yield value if isinstance(value, str) else json.dumps(value)
