"""Environments that nobody used for a time go, with the downloads whose files they share; others stay."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pushtrain.local.cleaning import environments
from pushtrain.local.cleaning.environments import find_old_environments, remove_old_environments
from pushtrain.local.container import installer
from pushtrain.local.container.environment_use import mark_used
from pushtrain.local.container.environments import READY, VARIABLE

CUTOFF = 1_000_000.0


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two old environments and a new one. They link to the downloads of uv, of which one belongs to both."""
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    monkeypatch.setattr(installer, "find_uv", lambda: None)
    for name in ("shared", "own"):
        download = tmp_path / "uv" / name
        download.parent.mkdir(exist_ok=True)
        download.write_bytes(b"x" * 1000)
    for name, used in (("0old", CUTOFF - 1), ("1old", CUTOFF - 2), ("2new", CUTOFF)):
        home = tmp_path / "environments" / name
        home.mkdir(parents=True)
        (home / READY).write_bytes(b"{}")
        (home / "shared").hardlink_to(tmp_path / "uv" / "shared")
        home.with_suffix(".used").touch()
        os.utime(home.with_suffix(".used"), (used, used))
    (tmp_path / "environments" / "0old" / "own").hardlink_to(tmp_path / "uv" / "own")
    return tmp_path


def test_old_environments_are_found_with_what_deleting_them_frees(cache: Path) -> None:
    old = find_old_environments(CUTOFF)
    assert [environment.folder.name for environment in old.environments] == ["0old", "1old"]
    assert old.downloads == cache / "uv"
    assert old.size == 1000 + 2 * len(b"{}")  # the new environment still has the file `shared`
    assert sorted(path.name for path in cache.rglob(READY)) == [READY] * 3


def test_old_environments_and_downloads_are_deleted(cache: Path) -> None:
    assert len(remove_old_environments(CUTOFF).environments) == 2
    assert [path.name for path in (cache / "environments").iterdir() if path.is_dir()] == ["2new"]
    assert not (cache / "uv").exists()
    assert (cache / "environments" / "2new" / "shared").read_bytes() == b"x" * 1000


def test_an_environment_that_somebody_uses_stays(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    homes = [cache / "environments" / name for name in ("0old", "1old")]
    for home in homes:
        mark_used(home)
        os.utime(home.with_suffix(".used"), (1.0, 1.0))
    old = remove_old_environments(CUTOFF)
    assert (old.environments, old.downloads, old.size) == ([], None, 0)
    monkeypatch.setattr(environments, "_is_unused", lambda _: True)  # it was not used a moment ago
    assert remove_old_environments(CUTOFF).environments == []
    assert all((home / READY).exists() for home in homes)
    assert (cache / "uv").exists()


def test_a_deletion_that_was_cut_short_leaves_an_incomplete_environment(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.rmtree", lambda *_args, **_options: None)
    assert remove_old_environments(CUTOFF).environments == []
    assert not (cache / "environments" / "0old" / READY).exists()


def test_without_a_cache_nothing_is_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "none"))
    assert find_old_environments(CUTOFF).environments == []
    assert not (tmp_path / "none").exists()
