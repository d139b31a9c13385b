"""manifest.json is not trusted."""

from __future__ import annotations

import json

import msgspec
import pytest

from pushtrain.errors import PushError
from pushtrain.model_repo.manifest import File, compute_revision, parse_manifest

FILES = (File(path="train.py", sha256="1" * 64, size=3), File(path="config.yaml", sha256="2" * 64, size=9))
REVISION = compute_revision(FILES)


def write_manifest(revision: str = REVISION, files: tuple[File, ...] = FILES) -> bytes:
    git = {"commit": "", "author": "", "repository": "", "dirty": False}
    listed = [msgspec.to_builtins(file) for file in files]
    return json.dumps({"model": "churn", "revision": revision, "git": git, "files": listed}).encode()


def test_a_manifest_is_read() -> None:
    assert parse_manifest(write_manifest(), REVISION).files == FILES


def test_the_order_of_files_does_not_change_the_revision() -> None:
    assert compute_revision(reversed(FILES)) == REVISION


def test_files_must_have_the_revision_of_the_manifest() -> None:
    with pytest.raises(PushError, match=r"manifest\.json is of another revision than the folder it is in"):
        parse_manifest(write_manifest(files=FILES[:1]), REVISION)


def test_a_document_of_another_kind_is_refused() -> None:
    with pytest.raises(
        PushError, match=r"manifest\.json is not one that pushtrain wrote \(Object missing required field `model`\)"
    ):
        parse_manifest(b"{}", REVISION)


def test_a_fact_of_git_that_cannot_be_seen_is_refused() -> None:
    document = json.loads(write_manifest())
    document["git"]["author"] = "a\x1b[2K@example.com"
    with pytest.raises(PushError) as error:
        parse_manifest(json.dumps(document).encode(), REVISION)
    assert str(error.value) == (
        "manifest.json is not one that pushtrain wrote (it has the character \\x1b, which cannot be seen - at "
        "`$.git`). Push the model repo again"
    )
