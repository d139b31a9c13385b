"""The JSON data files of this room. Each is read once, at its first use."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any


@cache
def load(name: str) -> dict[str, Any]:
    """Return the data file `<name>.json` of this folder. The caller must not change it."""
    document: dict[str, Any] = json.loads(Path(__file__).with_name(f"{name}.json").read_text("utf-8"))
    return document
