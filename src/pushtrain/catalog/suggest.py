"""Did-you-mean: the known word nearest to a mistyped one. Pure; knows nothing of AWS."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def find_closest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word most like `word` (letter case aside), or None when nothing is near."""
    by_lower = {name.lower(): name for name in sorted(known, reverse=True)}
    found = difflib.get_close_matches(word[:200].lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `. Did you mean 'x'?` to end a sentence with, or nothing when nothing is near."""
    found = find_closest(word, known)
    return f". Did you mean {found!r}?" if found else ""
