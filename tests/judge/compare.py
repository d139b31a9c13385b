"""Two requests, field by field. Pure.

A field is a leaf of the request; what is in a list is known by its name where it has one, so that order counts only
where AWS counts it (arguments, entry points, subnets).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Path = tuple[str, ...]
NAMES = ("ChannelName", "InputName", "OutputName", "Key", "Name")
ABSENT = object()


@dataclass(frozen=True, kw_only=True)
class Fork:
    """A field that is not the same on both sides; ABSENT on the side that has none."""

    path: Path
    ours: Any
    theirs: Any

    @property
    def side(self) -> str:
        """Who has the field: `ours`, `theirs` or `both`."""
        if self.ours is ABSENT:
            return "theirs"
        return "ours" if self.theirs is ABSENT else "both"

    def __str__(self) -> str:
        ours, theirs = ("nothing" if side is ABSENT else repr(side) for side in (self.ours, self.theirs))
        return f"{'.'.join(self.path)}: we send {ours}, the SDK sends {theirs}"


def fields(value: Any, at: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every leaf with its path; an empty list or mapping is a leaf."""
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from fields(item, (*at, str(key)))
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from fields(item, (*at, _name(item) or str(index)))
    else:
        yield at, value


def _name(item: object) -> str | None:
    if not isinstance(item, Mapping):
        return None
    return next((f"{key}={item[key]}" for key in NAMES if key in item), None)


def forks(ours: Mapping[Path, Any], theirs: Mapping[Path, Any]) -> Iterator[Fork]:
    """Where two requests, as fields, are not the same. A number is not the text of it."""
    for path in ours.keys() | theirs.keys():
        left, right = ours.get(path, ABSENT), theirs.get(path, ABSENT)
        if type(left) is not type(right) or left != right:
            yield Fork(path=path, ours=left, theirs=right)
