"""A model repo on disk: which files are pushed, under which revision."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pushtrain.errors import PushError
from pushtrain.model_repo.folder import find_model_repos, list_files
from tests.unit.model_repo.repo_files import make


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True)


def test_everything_but_hidden_and_generated_files_is_pushed(tmp_path: Path) -> None:
    make(
        tmp_path,
        **{
            "train.py": "1",
            "pkg/데이터 읽기.py": "2",
            ".env": "secret",
            ".git/config": "",
            ".pushtrain/store.db": "",
            "__pycache__/train.pyc": "",
            "venv/pyvenv.cfg": "",
            "venv/lib/site.py": "",
        },
    )
    assert list_files(tmp_path).paths == ("config.yaml", "pkg/데이터 읽기.py", "train.py")


def test_ignore_files_count_in_their_folder_and_can_be_taken_back(tmp_path: Path) -> None:
    make(
        tmp_path,
        **{
            ".gitignore": "*.csv\n/out/\n",
            ".pushtrainignore": "notebooks/\n",
            "a.csv": "",
            "out/x.txt": "",
            "sub/out/x.txt": "",
            "sub/.gitignore": "!keep.csv\n",
            "sub/keep.csv": "",
            "sub/drop.csv": "",
            "notebooks/n.ipynb": "",
        },
    )
    assert list_files(tmp_path).paths == ("config.yaml", "sub/keep.csv", "sub/out/x.txt")


def test_rules_of_the_surrounding_git_repository_count_too(tmp_path: Path) -> None:
    make(tmp_path / "models" / "churn", **{"a.log": "", "train.py": ""})
    git(tmp_path, "init")
    (tmp_path / ".gitignore").write_text("*.log\n")
    assert list_files(tmp_path / "models" / "churn").paths == ("config.yaml", "train.py")


def test_a_link_out_of_the_model_repo_is_refused(tmp_path: Path) -> None:
    make(tmp_path / "repo")
    (tmp_path / "secret").write_text("key")
    (tmp_path / "repo" / "data.csv").symlink_to(tmp_path / "secret")
    with pytest.raises(PushError) as told:
        list_files(tmp_path / "repo")
    assert (
        str(told.value) == "data.csv: this link points outside the model repo. Replace it by a copy of the file, or "
        "list it in .pushtrainignore"
    )


def test_a_link_to_a_folder_is_refused_rather_than_followed_for_ever(tmp_path: Path) -> None:
    make(tmp_path, **{"pkg/a.py": ""})
    (tmp_path / "pkg" / "loop").symlink_to(tmp_path)
    with pytest.raises(PushError) as told:
        list_files(tmp_path)
    assert str(told.value) == "pkg/loop: links to folders (or to nothing) are not uploaded. Name it in .pushtrainignore"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"manifest.json": "{}"}, "manifest.json: a push writes a file of this name. Please rename yours"),
        (
            {"d" * 200 + "/" + "한" * 80 + "/" * 1 + "x" * 250 + "/" + "y" * 250: ""},
            f"{'d' * 60}…: the name has 943 bytes; S3 leaves room for 924",
        ),
    ],
)
def test_names_that_s3_or_we_cannot_hold_are_refused(tmp_path: Path, files: dict[str, str], said: str) -> None:
    make(tmp_path, **files)
    with pytest.raises(PushError) as told:
        list_files(tmp_path)
    assert str(told.value) == said


def test_a_folder_without_config_yaml_is_no_model_repo(tmp_path: Path) -> None:
    with pytest.raises(PushError) as told:
        list_files(tmp_path)
    assert str(told.value) == f"{tmp_path}: there is no config.yaml in it, so it is not a model repo"
    with pytest.raises(PushError) as told:
        list_files(tmp_path / "nowhere")
    assert str(told.value) == f"{tmp_path}/nowhere: there is no such folder"


@pytest.mark.parametrize("look", [list_files, find_model_repos])
def test_a_file_is_answered_with_its_folder(look: Callable[[Path], object], tmp_path: Path) -> None:
    make(tmp_path, **{"config.yaml": "model: m"})
    with pytest.raises(PushError) as told:
        look(tmp_path / "config.yaml")
    assert str(told.value) == f"{tmp_path}/config.yaml: this is a file. Name the folder it lies in: {tmp_path}"


def test_a_name_that_is_no_utf_8_is_refused(tmp_path: Path) -> None:
    (make(tmp_path) / os.fsdecode(b"caf\xe9.py")).touch()
    with pytest.raises(PushError) as told:
        list_files(tmp_path)
    assert str(told.value) == "'caf\\udce9.py': the name is not UTF-8, so S3 cannot hold it. Please rename the file"


def test_what_is_no_file_is_refused_rather_than_waited_for(tmp_path: Path) -> None:
    make(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(PushError) as told:
        list_files(tmp_path)
    assert str(told.value) == "pipe: only files and folders can be pushed. Remove it"


@pytest.mark.parametrize("descriptor", [1, 2])
def test_the_file_that_this_process_prints_to_is_left_out(
    descriptor: int, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path, **{"train.py": "", "run.log": "x"})
    assert list_files(tmp_path).own_outputs == ()
    with capfd.disabled(), (tmp_path / "run.log").open("a") as log:
        saved = os.dup(descriptor)
        os.dup2(log.fileno(), descriptor)
        try:
            files = list_files(tmp_path)
        finally:
            os.dup2(saved, descriptor)
            os.close(saved)
    assert (files.paths, files.own_outputs) == (("config.yaml", "train.py"), ("run.log",))


def test_a_link_to_itself_is_refused(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(PushError) as told:
        list_files(tmp_path)
    assert str(told.value) == "loop: links to folders (or to nothing) are not uploaded. Name it in .pushtrainignore"


def test_a_link_out_of_a_repository_with_rules_above_is_refused(tmp_path: Path) -> None:
    make(tmp_path / "git" / "repo")
    git(tmp_path / "git", "init")
    (tmp_path / "git" / ".gitignore").write_text("*.log\n")
    (tmp_path / "git" / "repo" / "data.csv").symlink_to(tmp_path)
    with pytest.raises(PushError, match=r"data\.csv: this link points outside the model repo"):
        list_files(tmp_path / "git" / "repo")


def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, **{"data/a.csv": ""})
    stock = Path.iterdir

    def iterdir(folder: Path) -> Iterator[Path]:
        if folder.name == "data":
            raise PermissionError(13, "Permission denied")
        return stock(folder)

    monkeypatch.setattr(Path, "iterdir", iterdir)
    with pytest.raises(PushError) as told:
        list_files(tmp_path)
    assert str(told.value) == (
        f"{tmp_path}/data: cannot be read (Permission denied). Make it readable, or list it in .pushtrainignore"
    )
