"""What a push and its manifest.json say: file names, files, git facts. Values only; reads nothing.

Apart from `model_repo`, so that whoever receives a push needs nothing that a checkout needs.
"""

from __future__ import annotations

from dataclasses import dataclass

CONFIG = "config.yaml"
MANIFEST = "manifest.json"


@dataclass(frozen=True, kw_only=True)
class File:
    """One file of a model repo: path relative to it with `/`, SHA-256 in hex, size in bytes."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True, kw_only=True)
class GitFacts:
    """Where the code came from; empty strings where there is no git."""

    commit: str = ""
    repository: str = ""
    dirty: bool = False
