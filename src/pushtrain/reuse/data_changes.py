"""What changed between two versions of data, object by object. Pure.

In: the listings of both. Out: how many objects were added, removed and changed.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

ListedObject = tuple[str, int, str]  # name below the address, bytes, and ETag without quotes or SHA-256
Listing = tuple[ListedObject, ...]


class DataChanges(Struct, frozen=True, kw_only=True):
    """Numbers of objects. As text: `3 objects added, 1 removed, 2 changed`."""

    added: int
    removed: int
    changed: int

    def __str__(self) -> str:
        counts = {"added": self.added, "removed": self.removed, "changed": self.changed}
        texts = [f"{count:,} {verb}" for verb, count in counts.items() if count]
        count, _, rest = (", ".join(texts) or "0 changed").partition(" ")
        return f"{count} {'object' if count == '1' else 'objects'} {rest}"


def compare_listings(before: Iterable[ListedObject], now: Iterable[ListedObject]) -> DataChanges:
    """Return what changed. An object with the same name and another size or hash is changed."""
    earlier, current = ({name: content for name, *content in listing} for listing in (before, now))
    common = earlier.keys() & current.keys()
    return DataChanges(
        added=len(current) - len(common),
        removed=len(earlier) - len(common),
        changed=sum(earlier[name] != current[name] for name in common),
    )
