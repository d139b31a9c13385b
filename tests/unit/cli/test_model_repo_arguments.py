"""DIR... and --changed-since: which model repos a command works on, and the shape of its JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pushtrain.cli.model_repo_arguments import find_folders


def test_a_folder_that_is_named_twice_is_used_once() -> None:
    folders = find_folders((Path("a"), Path("b"), Path("a")), None)
    assert (list(folders), folders.single) == ([Path("a"), Path("b")], False)


def test_the_json_of_one_folder_is_an_object_and_that_of_several_a_list(capsys: pytest.CaptureFixture[str]) -> None:
    find_folders((Path("a"),), None).print_json("plans", [{"model": "a"}])
    assert json.loads(capsys.readouterr().out) == {"model": "a"}
    find_folders((Path("a"), Path("b")), None).print_json("plans", [{"model": "a"}, {"model": "b"}])
    listed = [{"folder": "a", "model": "a"}, {"folder": "b", "model": "b"}]
    assert json.loads(capsys.readouterr().out) == {"plans": listed}


def test_if_nothing_changed_stderr_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folders = find_folders((tmp_path,), "")
    assert (list(folders), folders.single) == ([], False)
    assert capsys.readouterr().err == f"no model repo in {tmp_path}\n"
