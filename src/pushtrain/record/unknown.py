"""The word for a fact that is not known: the metadata of the registry need a value also without git or environment."""

from __future__ import annotations

UNKNOWN = "unknown"


def omit_unknown(fact: str) -> str:
    """Return a fact of a run record or of a model version; empty if it is not known."""
    return "" if fact == UNKNOWN else fact
