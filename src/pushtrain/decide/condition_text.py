"""The bound of a condition and the champion's value as people read them, in reports, commands and messages. Pure."""

from __future__ import annotations


def format_bound(bound: float | None, relative: str) -> str:
    """Return `0.9`, or `champion + 0.002 = 0.932` if the bound depends on the champion, whose value may be missing."""
    if bound is None:
        return f"{relative} (not compared)"
    return " = ".join(filter(None, (relative, f"{bound:.6g}")))


def format_champion(champion: float | None, difference: float | None) -> str:
    """Return `champion 0.93, difference +0.004`; empty if the champion has no value, or if there is no difference."""
    return "" if champion is None or difference is None else f"champion {champion:.4g}, difference {difference:+.4g}"
