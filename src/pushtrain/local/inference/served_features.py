"""Read what the server of a model noted of input_fn: the features of all requests, as one table.

In: the file of the server program, a line for each request. Out: a document with `columns`, None if they have no names,
`rows` of texts, and `fault`, which says why there is no table; empty if there is one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def read_features(file: Path) -> Mapping[str, Any]:
    """Return the features of all requests."""
    try:
        tables = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    except FileNotFoundError:
        return _build_fault("input_fn was never called")
    except ValueError as error:
        return _build_fault(f"the server noted what cannot be read: {error}")
    faults = [table["fault"] for table in tables if "fault" in table]
    if faults:
        return _build_fault(faults[0])
    if any(table["columns"] != tables[0]["columns"] for table in tables):
        return _build_fault("input_fn returned other columns for some requests than for others")
    rows = [row for table in tables for row in table["rows"]]
    return {"columns": tables[0]["columns"], "rows": rows, "fault": ""}


def _build_fault(reason: str) -> Mapping[str, Any]:
    return {"columns": None, "rows": [], "fault": reason}
