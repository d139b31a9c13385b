"""The document with the versions of a team's models, as lists show them. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from pushtrain.record.document import read_document, write_document
from pushtrain.registry import VersionSummary

SCHEMA = 1  # of the document; a new member with a default value needs no new number
MAX_MODEL = 100_000  # characters that one model may take: about 250 versions
MAX_SIZE = 20_000_000  # characters of a document: a handler reads and writes it within a second


class IndexedModel(Struct, frozen=True, kw_only=True):
    """The versions of one model; `serves` is the number of the one that serves, None if none does."""

    versions: tuple[VersionSummary, ...]
    serves: int | None

    @property
    def is_small(self) -> bool:
        """True if it may be in the document."""
        return len(write_document(self, SCHEMA)) <= MAX_MODEL


class VersionIndex(Struct, frozen=True, kw_only=True):
    """Models by name. It is never wrong to leave a model out: lists ask the registry about it."""

    models: Mapping[str, IndexedModel] = field(default_factory=dict)

    def replace(self, model: str, indexed: IndexedModel | None) -> VersionIndex:
        """Return the index with this of a model; without the model if it is None or too large."""
        others = {name: other for name, other in self.models.items() if name != model}
        if indexed is None or not indexed.is_small:
            return VersionIndex(models=others)
        return VersionIndex(models=others | {model: indexed})

    def to_json(self, model: str = "") -> str:
        """Return the document. If it is too long, it lacks `model`."""
        text = write_document(self, SCHEMA)
        return text if len(text) <= MAX_SIZE else write_document(self.replace(model, None), SCHEMA)

    @classmethod
    def from_json(cls, document: bytes | str) -> VersionIndex:
        """Read the document. Raises ValueError if this version of pushtrain cannot read it."""
        return read_document(cls, document, SCHEMA)
