"""The files in a model's archive: equal files in archives with other times, links, and files that are no archive."""

from __future__ import annotations

import io
import tarfile

import pytest

from pushtrain.errors import OperatorError
from pushtrain.hashes import hash_bytes
from pushtrain.reproduction.members import ModelArchive, read_archive


def pack(files: dict[str, bytes], *, time: int = 0, link: str = "") -> io.BytesIO:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, body in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(body), time
            archive.addfile(member, io.BytesIO(body))
        if link:
            member = tarfile.TarInfo("link")
            member.type, member.linkname = tarfile.SYMTYPE, link
            archive.addfile(member)
    stream.seek(0)
    return stream


def test_archives_of_the_same_files_have_the_same_members_whatever_the_times() -> None:
    one, other = (read_archive(pack({"./모델.bin": b"m", "code/a.py": b"a"}, time=time), "m") for time in (1, 2))
    assert one.members == {"모델.bin": hash_bytes(b"m"), "code/a.py": hash_bytes(b"a")}
    assert (one.members, one.sha256 == other.sha256) == (other.members, False)


def test_a_link_is_what_it_points_to() -> None:
    members = [read_archive(pack({}, link=link), "m").members["link"] for link in ("/etc/passwd", "a", "a")]
    assert members[0] != members[1] == members[2]


def test_a_file_that_is_no_archive_is_refused() -> None:
    with pytest.raises(OperatorError) as refused:
        read_archive(io.BytesIO(b"no archive"), "s3://artifacts/model.tar.gz")
    assert str(refused.value).startswith("s3://artifacts/model.tar.gz is no archive of a model: ")
    empty = pack({})
    assert read_archive(empty, "empty") == ModelArchive(sha256=hash_bytes(empty.getvalue()), members={})
