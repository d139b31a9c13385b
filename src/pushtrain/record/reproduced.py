"""The model version that a run reproduces. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

_TEXT = re.compile(r"([1-9][0-9]{0,8}) ([a-zA-Z0-9-]{1,80})", re.ASCII)


class Reproduced(Struct, frozen=True, kw_only=True):
    """A registered version, `model_version`, and the run that registered it."""

    model_version: int
    run: str

    def __str__(self) -> str:
        """Return both as one text: `3 3f1c9a0b42de-9c1d22`."""
        return f"{self.model_version} {self.run}"


def parse_reproduced(text: str) -> Reproduced | None:
    """Read what `str` wrote; None for another text."""
    match = _TEXT.fullmatch(text)
    return Reproduced(model_version=int(match[1]), run=match[2]) if match else None


def read_reproduced(execution_input: Mapping[str, Any]) -> Reproduced | None:
    """Return the version that a run reproduces, from the input of its execution; None if it reproduces none."""
    members = execution_input.get("reproduces")
    if not isinstance(members, Mapping):
        return None
    return parse_reproduced(f"{members.get('model_version')} {members.get('run')}")
