"""What the program wrote of an object, read back: the values by path."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from pushtrain.local.values.extraction_program.dump import INDEX, VALUES, Dump
from pushtrain.local.values.extraction_program.walk import Walker


def list_entries(value: object) -> list[dict[str, Any]]:
    """Return the entries of an object, with the bytes of each array as `raw` in place of `offset`."""
    with tempfile.TemporaryDirectory() as name:
        with Dump(Path(name)) as dump:
            Walker(dump).walk(value, "")
        entries = [json.loads(line) for line in Path(name, INDEX).read_text("utf-8").splitlines()]
        content = Path(name, VALUES).read_bytes()
    offsets = [entry["offset"] for entry in entries if "offset" in entry]
    ends = [*offsets[1:], len(content)]
    for entry in entries:
        if "offset" in entry:
            entry["raw"] = content[entry.pop("offset") : ends.pop(0)]
    return entries


def describe(value: object) -> dict[str, Any]:
    """Return texts, keys and the types of arrays by path."""
    entries: dict[str, Any] = {}
    for entry in list_entries(value):
        kinds = [entry[kind] for kind in ("text", "keys") if kind in entry] or [(entry["dtype"], *entry["shape"])]
        entries.setdefault(entry["path"], []).extend(kinds)
    return entries
