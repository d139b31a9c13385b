"""Watching a model repo: the names that changed, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pushtrain.cli import file_changes
from pushtrain.cli.file_changes import Snapshot, take_snapshot, watch_changes


def test_changes_are_names_that_changed_appeared_or_disappeared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_changes, "wait", lambda _: None)
    same: Snapshot = {"a": 1, "b": 1}
    snapshots: Iterator[Snapshot] = iter([same, same, same, {"a": 2, "c": 1}])
    changes = watch_changes(lambda: next(snapshots))
    assert next(changes) == ["a", "b"]
    assert next(changes) == ["a", "b", "c"]


def test_a_snapshot_has_the_files_that_a_push_would_upload(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("model: m\n")
    (tmp_path / ".pushtrainignore").write_text("notes.txt\n")
    (tmp_path / "notes.txt").write_text("")
    before = take_snapshot(tmp_path)
    assert list(before) == [str(tmp_path / "config.yaml")]
    (tmp_path / "config.yaml").write_text("model: longer\n")
    assert take_snapshot(tmp_path) != before


def test_a_folder_that_cannot_be_pushed_is_a_snapshot_of_the_reason(tmp_path: Path) -> None:
    (reason,) = take_snapshot(tmp_path).values()
    assert "there is no config.yaml in it" in str(reason)
