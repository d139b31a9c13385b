"""A run that starts and a cleaning exclude each other; runs that start do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from pushtrain.errors import LocalError
from pushtrain.local.storage import launch_lock
from pushtrain.local.storage.launch_lock import hold_cleaning_lock, hold_launch_lock


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch_lock, "PATIENCE", 0.0)


def test_runs_start_together_and_nobody_cleans_meanwhile(tmp_path: Path) -> None:
    folder = tmp_path / "new" / ".pushtrain"
    with hold_launch_lock(folder) as release_first, hold_launch_lock(folder) as release_second:
        release_first()
        with pytest.raises(LocalError) as error, hold_cleaning_lock(folder):
            pass
        release_second()
        with hold_cleaning_lock(folder):
            pass
    assert str(error.value) == (f"{folder}: a run is being started with this store: try again when its jobs run")


def test_cleaning_waits_for_a_run_that_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch_lock, "PATIENCE", 60.0)
    with hold_launch_lock(tmp_path) as release:
        monkeypatch.setattr(launch_lock, "pause", release)
        with hold_cleaning_lock(tmp_path):
            pass


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(LocalError) as error, hold_launch_lock(tmp_path / "file"):
        pass
    assert str(error.value) == (
        f"{tmp_path / 'file'}: cannot use the local store (File exists): make the folder writable, or name another "
        "with --store"
    )
