"""What one check found. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["fine", "note", "wrong"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """`check` is what was looked at, `found` how it is, `fix` what to do. Only what is wrong must be mended."""

    check: str
    state: State
    found: str
    fix: str = ""


def fine(check: str, found: str) -> Finding:
    """As it must be."""
    return Finding(check=check, state="fine", found=found)


def note(check: str, found: str, fix: str = "") -> Finding:
    """Worth knowing; nothing fails for it."""
    return Finding(check=check, state="note", found=found, fix=fix)


def wrong(check: str, found: str, fix: str) -> Finding:
    """Something fails, or will, until it is mended; what may not be looked at counts as wrong as well."""
    return Finding(check=check, state="wrong", found=found, fix=fix)
