"""How equal a reproduction's model is to the version, as `pushtrain reproduce` found it. Pure.

Whoever ran the command wrote the document. It is shown to people; nothing is decided by it.
"""

from __future__ import annotations

from msgspec import Struct

from pushtrain.record.document import read_document, write_document

SCHEMA = 1  # of the document; a new member with a default value needs no new number
MAX_BYTES = 100_000  # of the document; a larger one is none


class ComparedModel(Struct, frozen=True, kw_only=True):
    """The rung of the ladder in words, such as `same values`, and the first difference; empty if there is none.

    `within` is the largest difference of metrics that counted as equal.
    """

    text: str
    difference: str = ""
    within: float = 0.0

    def __str__(self) -> str:
        """Return both as one text: `different, model.joblib: coef_[0]: 0.5 → 0.25`."""
        return f"{self.text}, {self.difference}" if self.difference else self.text

    def to_json(self) -> str:
        """Return the document."""
        return write_document(self, SCHEMA)

    @classmethod
    def from_json(cls, document: bytes | str) -> ComparedModel | None:
        """Read the document; None if this version of pushtrain cannot read it."""
        try:
            return read_document(cls, document, SCHEMA)
        except ValueError:
            return None
