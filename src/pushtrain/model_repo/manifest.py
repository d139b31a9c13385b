"""What a push and its manifest.json say: file names, files, git facts. Values only; reads nothing.

Apart from `model_repo`, so that whoever receives a push needs nothing that a checkout needs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from pushtrain.errors import PushError

CONFIG = "config.yaml"
MANIFEST = "manifest.json"
FACT_LIMIT = 1024  # CreateModelPackage, MetadataProperties: one line of at most 1024 characters

Fact = Annotated[str, Field(max_length=FACT_LIMIT, pattern=r"^[^\r\n]*$")]


@dataclass(frozen=True, kw_only=True)
class File:
    """One file of a model repo: path relative to it with `/`, SHA-256 in hex, size in bytes."""

    path: Annotated[str, Field(min_length=1, max_length=1024)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    size: int


@dataclass(frozen=True, kw_only=True)
class GitFacts:
    """Where the code came from; empty strings where there is no git. `author` is the address of the commit's author."""

    commit: Fact = ""
    author: Fact = ""
    repository: Fact = ""
    dirty: bool = False


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """manifest.json: no clock, so that a revision has one manifest."""

    model: str
    revision: str
    git: GitFacts
    files: tuple[File, ...]


def parse_manifest(data: bytes, revision: str) -> Manifest:
    """The manifest of that revision. Anyone who may push could have written it: nothing of it is taken on trust.

    Raises PushError when it is not one that pushtrain wrote, or of other files than the revision's.
    """
    try:
        manifest: Manifest = TypeAdapter(Manifest).validate_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "document"
        raise PushError(
            f"{MANIFEST} is not one that pushtrain wrote ({place}: {first['msg']}). Push the model repo again"
        ) from error
    if manifest.revision != revision or compute_revision(manifest.files) != revision:
        raise PushError(f"{MANIFEST} is of another revision than the one it lies under. Push the model repo again")
    return manifest


def compute_revision(files: Iterable[File]) -> str:
    r"""SHA-256 over `<path>\0<sha256>\n` of all files, sorted by path."""
    lines = sorted(f"{file.path}\0{file.sha256}\n" for file in files)
    return hashlib.sha256("".join(lines).encode()).hexdigest()
