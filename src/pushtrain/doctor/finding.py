"""Finding: the outcome of one check of the doctor. Values only."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

State = Literal["fine", "note", "wrong"]


class Finding(Struct, frozen=True, kw_only=True):
    """One check, such as `code bucket`. `message` says what was observed, `fix` what to do about it.

    `fine` needs nothing, `note` is worth knowing but fails nothing, `wrong` must be fixed.
    """

    check: str
    state: State
    message: str
    fix: str = ""

    @classmethod
    def fine(cls, check: str, message: str) -> Finding:
        """Return a finding that needs no action."""
        return cls(check=check, state="fine", message=message)

    @classmethod
    def note(cls, check: str, message: str, fix: str = "") -> Finding:
        """Return a finding that is worth knowing. Nothing fails because of it."""
        return cls(check=check, state="note", message=message, fix=fix)

    @classmethod
    def wrong(cls, check: str, message: str, fix: str) -> Finding:
        """Return a finding that must be fixed. A check that AWS denied is wrong too."""
        return cls(check=check, state="wrong", message=message, fix=fix)

    def to_document(self) -> dict[str, str]:
        """Return the finding as `doctor --json` prints it: keys `check`, `state`, `found`, `fix`."""
        return {"check": self.check, "state": self.state, "found": self.message, "fix": self.fix}
