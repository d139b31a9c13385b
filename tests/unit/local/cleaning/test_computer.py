"""Cleaning a computer: its store and its cache together. Only looking changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from pushtrain.local.cleaning.computer import clean_computer, find_old
from pushtrain.local.container.environments import VARIABLE
from pushtrain.local.storage.store import Store
from tests.unit.local.cleaning.filled_store import CUTOFF, put_run


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))
    (tmp_path / "cache/environments/0a").mkdir(parents=True)
    (tmp_path / "cache/environments/0a/file").write_bytes(b"123")
    return tmp_path / "cache"


def test_looking_and_deleting_give_the_same_sizes(store: Store, cache: Path) -> None:
    put_run(store, 1, age=50)
    old = find_old(store.folder, 2 * CUTOFF)
    assert (old.runs_size, old.pushes_size, old.leftovers_size, old.environments.size) == (6, 9, 0, 3)
    assert (len(store.list_all("execution")), old.cache) == (1, cache)
    assert clean_computer(store.folder, 2 * CUTOFF).size == old.size == 18
    assert store.list_all("execution") == []
    assert not (cache / "environments/0a").exists()


def test_a_store_that_does_not_exist_is_not_created(tmp_path: Path) -> None:
    assert clean_computer(tmp_path / "none", 0.0).size == 0
    assert not (tmp_path / "none").exists()
