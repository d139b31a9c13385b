"""Read and hash the files of a model repo, and give exactly the hashed bytes to the upload.

In: the folder of a model repo. Out: a ModelRepo. Small files are read once and kept in memory, so a change after the
hash does not matter. Larger files are read again for the upload, and compared with their hash on the way.
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Protocol

from msgspec import Struct

from pushtrain.brief import format_brief
from pushtrain.errors import PushError
from pushtrain.hashes import hash_bytes, hash_stream
from pushtrain.model_repo.folder import build_unreadable_error, list_files
from pushtrain.model_repo.git_facts import read_git_facts
from pushtrain.model_repo.manifest import File, GitFacts, compute_revision

KEPT_FILE_SIZE = 1024 * 1024  # bytes; a larger file is read again for the upload
KEPT_SIZE = 128 * 1024 * 1024  # bytes of all files that are kept in memory


class Readable(Protocol):
    """A file that can be read in pieces."""

    def read(self, size: int = -1, /) -> bytes:
        """Return the next `size` bytes, or all of the rest."""


class ModelRepo(Struct, frozen=True, kw_only=True):
    """A model repo as it was hashed. `revision` is the hash of all paths and contents, 64 hex digits.

    `contents` has the small files as they were hashed, by path.
    """

    folder: Path
    files: tuple[File, ...]
    revision: str
    git: GitFacts
    contents: Mapping[str, bytes]

    def __repr__(self) -> str:
        return format_brief(self, "contents")

    def open(self, file: File) -> Readable:
        """Open a file for one reading, in order. Its `read` raises PushError if it is not what was hashed."""
        content = self.contents.get(file.path)
        return io.BytesIO(content) if content is not None else _HashedFile(self.folder, file)


def read_model_repo(folder: Path) -> ModelRepo:
    """List and hash the files of a model repo. Raises PushError as `list_files` does, or if a file cannot be read."""
    paths = list_files(folder).paths
    contents: dict[str, bytes] = {}
    room = KEPT_SIZE
    for path in paths:
        with suppress(OSError):  # `_read_file` reads it once more and names the error
            if (size := os.stat(f"{folder}/{path}").st_size) <= min(KEPT_FILE_SIZE, room):  # noqa: PTH116
                room -= size
                contents[path] = b""
    with ThreadPoolExecutor() as pool:  # for large files: a thread costs more than to read and hash a small one
        large = {path: pool.submit(_read_file, folder, path, keep=False) for path in paths if path not in contents}
        small = {path: _read_file(folder, path, keep=True) for path in contents}
    pairs = [small.get(path) or large[path].result() for path in paths]
    files = tuple(file for file, _ in pairs)
    contents = {file.path: content for file, content in pairs if content is not None}
    revision = compute_revision(files)
    return ModelRepo(folder=folder, files=files, revision=revision, git=read_git_facts(folder), contents=contents)


class _HashedFile:
    """A file that is read a second time. Bytes that were appended after it was hashed are left out."""

    def __init__(self, folder: Path, file: File) -> None:
        self._file, self._position, self._digest = file, 0, hashlib.sha256()
        self._stream = _open(folder, file.path)
        if not file.size:
            self._stream.close()

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes. Raises PushError at the end of the file if they are not what was hashed."""
        rest = self._file.size - self._position
        if not rest:
            return b""
        content = self._stream.read(rest if size < 0 else min(size, rest))
        self._digest.update(content)
        self._position += len(content)
        is_end = self._position == self._file.size
        if is_end or (not content and size):
            self._stream.close()
            if not is_end or self._digest.hexdigest() != self._file.sha256:
                raise _build_change_error(self._file.path)
        return content


def _build_change_error(path: str) -> PushError:
    """Return the error for a file that is not what it was when it was hashed."""
    return PushError(
        f"{path} changed while it was uploaded, so nothing was started. Wait until no program writes to it and try "
        "again, or list it in .pushtrainignore"
    )


def _read_file(folder: Path, path: str, *, keep: bool) -> tuple[File, bytes | None]:
    """Return hash and size of a file, and its content if `keep`."""
    with _open(folder, path) as stream:
        if keep:
            content = stream.read(KEPT_FILE_SIZE + 1)
            if len(content) <= KEPT_FILE_SIZE:
                return File(path=path, sha256=hash_bytes(content), size=len(content)), content
            stream.seek(0)  # it grew in between
        content_hash = hash_stream(stream)
        return File(path=path, sha256=content_hash, size=stream.tell()), None


def _open(folder: Path, path: str) -> BinaryIO:
    """Open a file. Raises PushError if it cannot be read, for example because it was deleted meanwhile."""
    try:
        return (folder / path).open("rb")
    except OSError as error:
        raise build_unreadable_error(folder / path, error) from error
