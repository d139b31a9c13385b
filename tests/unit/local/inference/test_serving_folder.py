"""The folders of model servers."""

from __future__ import annotations

from pathlib import Path

import pytest

from pushtrain.local.inference.serving_folder import create_serving_folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PUSHTRAIN_CACHE", str(tmp_path / "캐시"))
    return tmp_path / "캐시" / "serving"


def test_a_folder_ends_with_its_server(home: Path) -> None:
    with create_serving_folder() as folder:
        (folder / "model").write_text("weights")
        assert folder.parent == home
    assert list(home.iterdir()) == []


def test_what_a_killed_server_left_is_deleted_and_a_running_one_keeps_its_files(home: Path) -> None:
    (home / "killed").mkdir(parents=True)
    (home / "killed" / "model").touch()
    (home / "killed.lock").touch()
    with create_serving_folder() as first, create_serving_folder() as second:
        assert sorted(path.name for path in home.iterdir() if path.is_dir()) == sorted([first.name, second.name])
    assert list(home.iterdir()) == []
