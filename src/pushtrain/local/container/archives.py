"""The tar.gz archives that SageMaker packs and unpacks.

In: a folder or an archive. Out: the other. The same files give the same bytes; nothing is unpacked outside its folder.
Raises JobError with the reason.
"""

from __future__ import annotations

import gzip
import tarfile
from pathlib import Path, PurePosixPath
from typing import IO

from pushtrain.local.container.contract import JobError


def pack(folder: Path, archive: Path) -> None:
    """A tar.gz of what `folder` holds: the same files give the same bytes, whatever the clock and the user."""
    with (
        archive.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=raw, mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for path in sorted(folder.rglob("*")):
            if path.is_dir() or path.is_file() or path.is_symlink():  # no sockets, no pipes
                _add(tar, path, path.relative_to(folder).as_posix())


def _add(tar: tarfile.TarFile, path: Path, name: str) -> None:
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
    """Unpack a tar.gz into `folder`. Raises JobError where a member would land outside, or the archive is broken."""
    try:
        with open_archive(archive) as tar:
            for member in tar.getmembers():
                if member.name.startswith("/") or ".." in PurePosixPath(member.name).parts:
                    raise JobError(f"ClientError: the archive holds {member.name!r}, which lies outside of it")
            tar.extractall(folder, filter="data")
    except (tarfile.TarError, EOFError, OSError) as error:
        raise JobError(f"ClientError: the archive cannot be unpacked: {error}") from error


def read_member(archive: Path, name: str) -> str | None:
    """The text of one member (`name` or `./name`), None where there is none."""
    with open_archive(archive) as tar:
        for member in tar:
            if member.name.removeprefix("./") == name and member.isreg():
                return member_text(tar, member)
    return None


def open_archive(archive: Path) -> tarfile.TarFile:
    """Open a tar of any compression. Raises JobError where it is none."""
    try:
        return tarfile.open(archive, "r:*")
    except (tarfile.TarError, EOFError, OSError) as error:
        raise JobError(f"ClientError: {archive.name} is not a tar archive") from error  # tarfile's words fill a page


def member_text(tar: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    """The text of a regular member; bytes that are not UTF-8 become U+FFFD."""
    content: IO[bytes] | None = tar.extractfile(member)
    return content.read().decode("utf-8", "replace") if content else ""
