"""Contents of S3 objects as files. A file is written once and never changed; people find it under the object's key.

In: bytes and keys. Out: `blobs/<id>` (the content) and `s3/<bucket>/<key>` (a link to the newest version, for people).
This module knows neither object versions nor moto.
"""

from __future__ import annotations

import os
import re
import shutil
from contextlib import suppress
from pathlib import Path, PurePosixPath
from urllib.parse import quote
from uuid import uuid4

from pushtrain.hashes import hash_text

SEGMENT_BYTES = 200
UNSAFE_CHARACTER = re.compile(r'[%\\:*?"<>|\x00-\x1f]')


class Blob:
    """The content of a moto key, read from a file. It replaces moto's buffer, so objects need no memory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._position = 0

    def seek(self, offset: int) -> None:
        """Set the position. moto uses only absolute positions."""
        self._position = offset

    def read(self, size: int = -1) -> bytes:
        """Read from the current position."""
        with open(self.path, "rb") as file:  # noqa: PTH123 - called for each of many objects
            if self._position:
                file.seek(self._position)
            content = file.read(size)
        self._position += len(content)
        return content

    def close(self) -> None:
        """Do nothing: no file stays open."""


def build_readable_path(bucket: str, key: str) -> PurePosixPath:
    """Return the path below the store under which people find an object: its key, made safe for file systems.

    `.` and `..` segments, `%`, control characters and those that Windows forbids are percent-encoded. Hangul, spaces
    and `+` stay. An empty segment becomes `%`. A segment over 200 bytes is cut and gets its hash as ending.
    """
    return PurePosixPath(_join_readable_path(bucket, key))


def _join_readable_path(bucket: str, key: str) -> str:
    return "/".join(("s3", bucket, *map(_build_segment, key.split("/"))))


def _build_segment(part: str) -> str:
    if part in {"", ".", ".."}:
        return "%2E" * len(part) or "%"
    name = UNSAFE_CHARACTER.sub(lambda match: quote(match[0], safe=""), part)
    if len(name.encode()) <= SEGMENT_BYTES:
        return name
    head = name.encode()[: SEGMENT_BYTES - 13].decode(errors="ignore")
    return f"{head}~{hash_text(part)[:12]}"


def update_link(folder: Path, bucket: str, key: str, blob: Path | None) -> None:
    """Let the readable path point to the newest content, or remove it if `blob` is None.

    Some keys cannot be paths: a key that is also the prefix of another, or one whose path is too long. They get no
    link. The object itself is safe, because its content is in `blobs`.
    """
    target = os.path.join(folder, _join_readable_path(bucket, key))  # noqa: PTH118 - called for each of many objects
    with suppress(OSError):
        if blob is None:
            Path(target).unlink(missing_ok=True)
        elif not _link_first(blob, target):
            _replace_link(folder / "partial" / uuid4().hex, blob, Path(target))


def _link_first(blob: Path, target: str) -> bool:
    """Link a key that has no link yet. Return False if it has one, or if the file system has no hard links."""
    for _ in range(2):
        try:
            os.link(blob, target)
        except FileNotFoundError:  # the first object in this folder
            Path(target).parent.mkdir(parents=True, exist_ok=True)
        except OSError:
            return False
        else:
            return True
    return False


def _replace_link(partial: Path, blob: Path, target: Path) -> None:
    try:
        try:
            partial.hardlink_to(blob)
        except OSError:  # the file system has no hard links, or this file has too many
            shutil.copyfile(blob, partial)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
