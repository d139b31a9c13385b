"""manifest.json of a push: its files and git facts. Pure.

The Lambda that receives a push imports this module, and needs none of the packages that read a model repo on disk.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from pushtrain.errors import PushError
from pushtrain.hashes import hash_files
from pushtrain.layout import MANIFEST
from pushtrain.visible import find_control

FACT_LIMIT = 1024  # CreateModelPackage, MetadataProperties: one line of at most 1024 characters


Fact = Annotated[str, Meta(max_length=FACT_LIMIT)]


class File(Struct, frozen=True, kw_only=True):
    """One file: path relative to the model repo, with `/`; SHA-256 as 64 hex digits; size in bytes."""

    path: Annotated[str, Meta(min_length=1, max_length=1024)]
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
    size: int


class GitFacts(Struct, frozen=True, kw_only=True):
    """Origin of the code. Empty strings if there is no git. `author` is the e-mail address of the commit's author."""

    commit: Fact = ""
    author: Fact = ""
    repository: Fact = ""
    dirty: bool = False

    def __post_init__(self) -> None:
        """Refuse a character that cannot be seen: `pushtrain push` writes it out."""
        for fact in (self.commit, self.author, self.repository):
            if control := find_control(fact):
                raise ValueError(f"it has the character {control}, which cannot be seen")


class Manifest(Struct, frozen=True, kw_only=True):
    """The document manifest.json. It has no date: one revision, one manifest."""

    model: str
    revision: str
    git: GitFacts
    files: tuple[File, ...]


def parse_manifest(data: bytes, revision: str) -> Manifest:
    """Return the manifest of a revision. Anyone who may push could have written `data`, so all of it is checked.

    Raises PushError if pushtrain did not write it, or its files have another revision.
    """
    try:
        manifest = msgspec.json.decode(data, type=Manifest)
    except (ValueError, RecursionError) as error:
        raise PushError(f"{MANIFEST} is not one that pushtrain wrote ({error}). Push the model repo again") from error
    if manifest.revision != revision or compute_revision(manifest.files) != revision:
        raise PushError(f"{MANIFEST} is of another revision than the folder it is in. Push the model repo again")
    return manifest


def compute_revision(files: Iterable[File]) -> str:
    """Return the revision of these files: one hash of all paths and contents."""
    return hash_files((file.path, file.sha256) for file in files)
