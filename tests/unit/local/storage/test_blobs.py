"""Readable paths of objects."""

from __future__ import annotations

from pathlib import Path

import pytest

from pushtrain.local.storage.blobs import build_readable_path
from pushtrain.platform import Platform

BUCKET = Platform.local().code_bucket


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / ".pushtrain"


def test_keys_that_differ_only_in_escaping_do_not_meet(folder: Path) -> None:
    keys = ["a/%2E%2E", "a/..", "a/%", "a/", "a/%25"]
    assert len({build_readable_path(BUCKET, key) for key in keys}) == len(keys)
