"""Content hashes: S3 keys and revisions contain them, so their values must not change."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pushtrain.hashes import fingerprint, hash_bytes, hash_files, hash_stream, hash_text


def test_bytes_text_and_file_with_the_same_content_have_the_same_hash(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes("나무".encode())
    with (tmp_path / "file").open("rb") as stream:
        assert hash_stream(stream) == hash_text("나무") == hash_bytes("나무".encode())
    assert hash_bytes(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_the_hash_of_files_does_not_depend_on_their_order() -> None:
    files = [("b.py", "2" * 64), ("a.py", "1" * 64)]
    lines = f"a.py\0{'1' * 64}\nb.py\0{'2' * 64}\n"
    assert hash_files(files) == hash_files(reversed(files)) == hashlib.sha256(lines.encode()).hexdigest()


def test_the_hash_of_files_changes_with_a_name_and_with_a_content() -> None:
    original = hash_files([("a.py", "1" * 64)])
    assert original != hash_files([("b.py", "1" * 64)])
    assert original != hash_files([("a.py", "2" * 64)])


def test_texts_of_a_fingerprint_are_kept_apart() -> None:
    assert fingerprint("ab", "c") != fingerprint("a", "bc")
    assert fingerprint("a") == "bf5d3affb73efd2ec6c36ad3112dd933efed63c4e1cbffcfa88e2759c144f2d8"
