"""Pack and unpack tar.gz archives as SageMaker does.

In: a folder, or an archive. Out: an archive, or a folder. The same files always give the same bytes, and no file is
unpacked outside of its folder. Raises JobError with the reason.
"""

from __future__ import annotations

import gzip
import tarfile
from pathlib import Path, PurePosixPath
from typing import IO

from pushtrain.local.container.contract import JobError


def pack(folder: Path, archive: Path) -> None:
    """Pack the contents of `folder` as tar.gz. The bytes depend on the files only, not on time or user."""
    with (
        archive.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=raw, mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for path in sorted(folder.rglob("*")):
            if path.is_dir() or path.is_file() or path.is_symlink():  # no sockets, no pipes
                _add_member(tar, path, path.relative_to(folder).as_posix())


def _add_member(tar: tarfile.TarFile, path: Path, name: str) -> None:
    info = tar.gettarinfo(path, name)
    info.mtime = info.uid = info.gid = 0
    info.uname = info.gname = ""
    info.mode = 0o755 if info.isdir() or info.mode & 0o100 else 0o644
    if not info.isreg():
        tar.addfile(info)
        return
    with path.open("rb") as content:
        tar.addfile(info, content)


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a tar.gz into `folder`. Raises JobError if the archive is broken or a member would land outside."""
    try:
        with open_archive(archive) as tar:
            for member in tar.getmembers():
                if member.name.startswith("/") or ".." in PurePosixPath(member.name).parts:
                    raise JobError(f"ClientError: the archive holds {member.name!r}, which lies outside of it")
            tar.extractall(folder, filter="data")
    except (tarfile.TarError, EOFError, OSError) as error:
        raise JobError(f"ClientError: the archive cannot be unpacked: {error}") from error


def open_archive(archive: Path) -> tarfile.TarFile:
    """Open a tar archive of any compression. Raises JobError if the file is not one."""
    try:
        return tarfile.open(archive, "r:*")
    except (tarfile.TarError, EOFError, OSError) as error:
        raise JobError(f"ClientError: {archive.name} is not a tar archive") from error  # tarfile's message is very long


def read_text(tar: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    """Return the text of a regular member. Bytes that are not UTF-8 become U+FFFD."""
    content: IO[bytes] | None = tar.extractfile(member)
    return content.read().decode("utf-8", "replace") if content else ""
