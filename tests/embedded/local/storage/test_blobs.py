"""Paths under which people find objects, and objects whose keys are hard to write as paths."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pushtrain.aws import client
from pushtrain.local.aws import up
from pushtrain.local.storage.blobs import build_readable_path
from pushtrain.platform import Platform

BUCKET = Platform.local().code_bucket


ODD = (
    "한글/점수.csv",
    "with space/a+b.txt",
    "100%/x?y#z.txt",
    "%2F/..%",
    "a//b",
    "folder/",
    "../../outside",
    "line\nbreak",
    "x" * 1000,
    f"{'길' * 100}/{'이' * 200}",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / ".pushtrain"


@contextmanager
def embedded(folder: Path) -> Iterator[Any]:
    """An S3 client of one process's life."""
    with up(folder, Platform.local(), handlers={}):
        yield client("s3")


def body(s3: Any, key: str, **which: str) -> bytes:
    read: bytes = s3.get_object(Bucket=BUCKET, Key=key, **which)["Body"].read()
    return read


@pytest.mark.parametrize("key", ODD, ids=range(len(ODD)))
def test_any_key_survives_and_stays_inside_the_store(folder: Path, key: str) -> None:
    with embedded(folder) as s3:
        s3.put_object(Bucket=BUCKET, Key=key, Body=key.encode())
    with embedded(folder) as s3:
        assert body(s3, key) == key.encode()
        assert [s3_object["Key"] for s3_object in s3.list_objects_v2(Bucket=BUCKET)["Contents"]] == [key]
    shown = folder / build_readable_path(BUCKET, key)
    assert shown.read_bytes() == key.encode()
    assert (folder / "s3" / BUCKET) in shown.resolve().parents


def test_people_find_an_object_under_its_own_name(folder: Path) -> None:
    key = "model-repos/churn/한글 a+b/config.yaml"
    with embedded(folder) as s3:
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"old")
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"new")
        assert (folder / "s3" / BUCKET / key).read_bytes() == b"new"
        s3.delete_object(Bucket=BUCKET, Key=key)
        assert not (folder / "s3" / BUCKET / key).exists()


def test_an_object_and_a_prefix_of_one_name_both_survive(folder: Path) -> None:
    with embedded(folder) as s3:
        for key in ("a", "a/b", "c/d", "c"):
            s3.put_object(Bucket=BUCKET, Key=key, Body=key.encode())
    with embedded(folder) as s3:
        assert [body(s3, key) for key in ("a", "a/b", "c/d", "c")] == [b"a", b"a/b", b"c/d", b"c"]
