"""The data files of this room, each read once, when first asked for. Holds no knowledge of its own."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any


@cache
def load(name: str) -> dict[str, Any]:
    """Return the document `name`.json that lies beside this module; callers do not change it."""
    document: dict[str, Any] = json.loads(Path(__file__).with_name(f"{name}.json").read_text("utf-8"))
    return document
