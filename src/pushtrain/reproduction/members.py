"""The files in a model.tar.gz, by name and hash. The archive is read as a stream: nothing is unpacked.

AWS packs /opt/ml/model itself, with the times of the files, so two archives of equal files have different bytes.
"""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import BinaryIO

from msgspec import Struct

from pushtrain.errors import OperatorError
from pushtrain.hashes import hash_stream


class ModelArchive(Struct, frozen=True, kw_only=True):
    """The hash of an archive, and of each file in it, by path."""

    sha256: str
    members: Mapping[str, str]


def read_archive(stream: BinaryIO, name: str) -> ModelArchive:
    """Read a model.tar.gz that is open for reading from its beginning. Raises OperatorError if it is none."""
    sha256 = hash_stream(stream)
    stream.seek(0)
    try:
        with tarfile.open(fileobj=stream, mode="r:*") as archive:
            members = {
                str(PurePosixPath(info.name)): _hash_member(archive, info) for info in archive if not info.isdir()
            }
    except (tarfile.TarError, EOFError, OSError) as error:
        raise OperatorError(f"{name} is no archive of a model: {error}") from error
    return ModelArchive(sha256=sha256, members=members)


def _hash_member(archive: tarfile.TarFile, info: tarfile.TarInfo) -> str:
    """Return the hash of a file; for a link, of what it points to as text."""
    content = archive.extractfile(info) if info.isfile() else None
    return hash_stream(content) if content else hashlib.sha256(f"link {info.linkname}".encode()).hexdigest()
