"""Content hashes: SHA-256 as 64 hex digits. Same content, same hash, on every computer.

S3 keys, revisions and run ids contain them: a change here gives existing objects another name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any


def hash_bytes(content: bytes) -> str:
    """Return the hash of `content`."""
    return hashlib.sha256(content).hexdigest()


def hash_text(text: str) -> str:
    """Return the hash of `text` in UTF-8."""
    return hash_bytes(text.encode())


def hash_stream(stream: Any) -> str:
    """Return the hash of a file opened for reading, or of the body of an S3 object. Read to its end, in blocks."""
    return hashlib.file_digest(stream, "sha256").hexdigest()


def hash_files(hashes: Iterable[tuple[str, str]]) -> str:
    r"""Return one hash for many files, given as pairs of path and content hash, in any order.

    It is the hash of the lines `<path>\0<content hash>\n`, sorted.
    """
    return hash_text("".join(sorted(f"{path}\0{content_hash}\n" for path, content_hash in hashes)))


def fingerprint(*texts: str) -> str:
    """Return one hash for several texts. `("ab", "c")` and `("a", "bc")` have different hashes."""
    digest = hashlib.sha256()
    for text in texts:
        digest.update(hashlib.sha256(text.encode()).digest())
    return digest.hexdigest()
