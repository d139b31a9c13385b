"""Suggestions for mistyped names. Pure. Knows nothing of AWS."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def find_closest(name: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate most similar to `name`, whatever its case, or None if none is similar."""
    by_lower = {candidate.lower(): candidate for candidate in sorted(candidates, reverse=True)}
    matches = difflib.get_close_matches(name[:200].lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[matches[0]] if matches else None


def did_you_mean(name: str, candidates: Iterable[str]) -> str:
    """Return `. Did you mean 'x'?`, for the end of a message, or "" if no candidate is similar."""
    closest = find_closest(name, candidates)
    return f". Did you mean {closest!r}?" if closest else ""
