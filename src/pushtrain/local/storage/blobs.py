"""Contents of objects as files: written once, never changed, and shown to people under the object's own name.

In: bytes and keys. Out: `blobs/<id>` (the truth) and `s3/<bucket>/<key>` (a link to the newest version, for
people). It knows neither versions nor moto.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path, PurePosixPath
from urllib.parse import quote
from uuid import uuid4

from pushtrain.hashes import hash_text

SEGMENT_BYTES = 200


class Blob:
    """Stands in for the buffer of a moto key: opens the file when it is read, so an index costs no memory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._at = 0

    def seek(self, offset: int) -> None:
        """Only absolute positions, as moto uses it."""
        self._at = offset

    def read(self, size: int = -1) -> bytes:
        """Bytes from the current position."""
        with self.path.open("rb") as file:
            file.seek(self._at)
            content = file.read(size)
        self._at += len(content)
        return content

    def close(self) -> None:
        """Nothing is held open."""


def build_readable_path(bucket: str, key: str) -> PurePosixPath:
    """Where people find a key below the store: the key itself, but for what a file system cannot hold.

    `.` and `..` segments, `%`, control characters and those Windows forbids are percent-encoded (Hangul,
    spaces and `+` stay), an empty segment is `%`; one over 200 bytes is cut and ends in its hash.
    """
    return PurePosixPath("s3", bucket, *(_segment(part) for part in key.split("/")))


def _segment(part: str) -> str:
    if part in {"", ".", ".."}:
        return "%2E" * len(part) or "%"
    name = "".join(quote(c, safe="") if c in '%\\:*?"<>|' or ord(c) < ord(" ") else c for c in part)
    if len(name.encode()) <= SEGMENT_BYTES:
        return name
    head = name.encode()[: SEGMENT_BYTES - 13].decode(errors="ignore")
    return f"{head}~{hash_text(part)[:12]}"


def show(folder: Path, bucket: str, key: str, blob: Path | None) -> None:
    """Points the readable name at the newest content, or takes it away.

    A key that is also the prefix of another has no place in a tree of files, nor has one whose whole path is
    too long: it is then not shown. The object itself is safe, since only `blobs` counts.
    """
    target = folder / build_readable_path(bucket, key)
    with suppress(OSError):
        if blob is None:
            target.unlink(missing_ok=True)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = folder / "partial" / uuid4().hex
        try:
            partial.hardlink_to(blob)
        except OSError:  # a file system without hard links, or too many of them
            shutil.copyfile(blob, partial)
        try:
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
