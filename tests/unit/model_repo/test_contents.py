"""What a push uploads is what was hashed: small files are read once, larger ones are compared on the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from pushtrain.errors import PushError
from pushtrain.model_repo import contents
from pushtrain.model_repo.contents import read_model_repo
from pushtrain.model_repo.folder import RepoFiles
from tests.unit.model_repo.repo_files import make


def read_data(folder: Path, change: str) -> bytes:
    """Hash a model repo, write `change` to its data file, and return what an upload then reads."""
    repo = read_model_repo(make(folder, **{"data.csv": "1,2\n"}))
    (folder / "data.csv").write_text(change)
    (file,) = (file for file in repo.files if file.path == "data.csv")
    stream, blocks = repo.open(file), []
    while block := stream.read(3):
        blocks.append(block)
    return b"".join(blocks)


def test_revision_follows_contents_and_names_and_nothing_else(tmp_path: Path) -> None:
    one = read_model_repo(make(tmp_path / "one", **{"train.py": "x"}))
    same = read_model_repo(make(tmp_path / "two", **{"train.py": "x", ".hidden": "y"}))
    changed = read_model_repo(make(tmp_path / "three", **{"train.py": "X"}))
    renamed = read_model_repo(make(tmp_path / "four", **{"Train.py": "x"}))
    assert one.revision == same.revision
    assert len({one.revision, changed.revision, renamed.revision}) == 3


def test_a_link_to_a_file_inside_is_pushed_as_that_file(tmp_path: Path) -> None:
    make(tmp_path, **{"a.py": "body"})
    (tmp_path / "b.py").symlink_to(tmp_path / "a.py")
    assert [file.size for file in read_model_repo(tmp_path).files if file.path == "b.py"] == [4]


def test_a_small_file_that_changes_later_is_uploaded_as_it_was_hashed(tmp_path: Path) -> None:
    assert read_data(tmp_path, "9,9\n") == b"1,2\n"


def test_lines_that_are_appended_to_a_large_file_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "KEPT_FILE_SIZE", 3)
    assert read_data(tmp_path, "1,2\n3,4\n") == b"1,2\n"


@pytest.mark.parametrize("change", ["9,9\n", "1", "", "9,9\n and more"])
def test_a_large_file_that_was_rewritten_is_an_error(
    change: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contents, "KEPT_FILE_SIZE", 3)
    with pytest.raises(PushError) as raised:
        read_data(tmp_path, change)
    assert str(raised.value) == (
        "data.csv changed while it was uploaded, so nothing was started. Wait until no program writes to it and try "
        "again, or list it in .pushtrainignore"
    )


def test_an_empty_large_file_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "KEPT_SIZE", -1)
    repo = read_model_repo(make(tmp_path, **{"empty.csv": ""}))
    assert repo.contents == {}
    assert [repo.open(file).read() for file in repo.files if file.path == "empty.csv"] == [b""]


def test_files_beyond_the_memory_limit_are_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "KEPT_SIZE", 12)
    assert list(read_model_repo(make(tmp_path, **{"data.csv": "1,2\n"})).contents) == ["config.yaml"]


def test_a_file_that_disappears_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path)
    monkeypatch.setattr(contents, "list_files", lambda _: RepoFiles(("gone.py",)))
    with pytest.raises(PushError) as raised:
        read_model_repo(tmp_path)
    assert str(raised.value) == (
        f"{tmp_path}/gone.py: cannot be read (No such file or directory). Make it readable, or list it in "
        ".pushtrainignore"
    )
