"""What an approver reads about the files of model.tar.gz."""

from __future__ import annotations

import io
import tarfile
from typing import Any

import pytest

from pushtrain.platform import Platform
from pushtrain.report import model_archive
from pushtrain.report.model_archive import list_archive_warnings
from tests.unit.report.report_facts import version

PROGRAM = {"SAGEMAKER_PROGRAM": "inference.py", "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code"}


def pack(*paths: str, links: tuple[str, ...] = ()) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as tar:
        for path in (*paths, *links):
            member = tarfile.TarInfo(path)
            if path in links:
                member.type, member.linkname = tarfile.SYMTYPE, "../blobs/x"
            tar.addfile(member)
    return target.getvalue()


def list_warnings(
    archive: bytes, monkeypatch: pytest.MonkeyPatch, *, size: int = 0, environment: dict[str, str] | None = None
) -> list[str]:
    class S3:
        """Answers GetObject with the archive."""

        def get_object(self, **_: str) -> dict[str, Any]:
            return {"ContentLength": size or len(archive), "Body": io.BytesIO(archive)}

    monkeypatch.setattr("pushtrain.aws.client", lambda *_: S3())
    candidate = version(3, inference={"environment": environment or {}})
    return list(list_archive_warnings(Platform.local(), candidate))


def test_a_plain_archive_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list_warnings(pack("model.joblib", "./code/inference.py"), monkeypatch, environment=PROGRAM) == []


def test_symbolic_links_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list_warnings(pack("a", links=("weights",)), monkeypatch) == [
        "model.tar.gz contains a symbolic link weights, and no endpoint can unpack it. Train again, and save files "
        "instead of links"
    ]
    (warning,) = list_warnings(pack(links=("b", "a")), monkeypatch)
    assert warning.startswith("model.tar.gz contains 2 symbolic links, such as a, and no endpoint can unpack it")


def test_an_inference_program_must_be_in_the_archive(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list_warnings(pack("inference.py"), monkeypatch, environment=PROGRAM) == [
        "SAGEMAKER_PROGRAM names inference.py, and model.tar.gz has no code/inference.py. Name it in "
        "register.inference.code"
    ]


def test_a_damaged_or_a_huge_archive_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    (warning,) = list_warnings(b"no archive", monkeypatch)
    assert warning == "model.tar.gz cannot be unpacked (not a gzip file), so no endpoint starts with it"
    (warning,) = list_warnings(pack("a")[:30], monkeypatch)
    assert warning.startswith("model.tar.gz cannot be unpacked (")
    (warning,) = list_warnings(b"", monkeypatch, size=model_archive.MAX_BYTES * 2)
    assert warning == (
        "model.tar.gz has 4.0 GB, so it was not searched for symbolic links, with which no endpoint starts"
    )
