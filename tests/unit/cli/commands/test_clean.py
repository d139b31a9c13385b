"""`pushtrain clean`: it shows what would go, and deletes it only with --yes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pushtrain.cli.commands.clean import format_bytes
from pushtrain.local.container.environments import READY, VARIABLE
from pushtrain.local.storage.store import Store
from tests.unit.local.cleaning.filled_store import put_run, put_version

Types = Callable[..., tuple[int, str, str]]
BEFORE = "2030-01-01"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with two old runs; the second has the newest version."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))
    with Store(tmp_path / "store") as store:
        for number in (1, 2):
            put_version(store, number, put_run(store, number, age=50), age=50)
    return tmp_path / "store"


def test_without_yes_it_only_shows(folder: Path, typed: Types) -> None:
    for _ in range(2):
        code, out, err = typed("clean", "--older-than", BEFORE, "--store", str(folder))
        assert (code, err) == (0, "")
        assert out == (
            f"before 2030-01-01 00:00 UTC · {folder} · {folder.parent / 'cache'}\n"
            "  runs      1  6 B  churn 000000000001-000001\n"
            "  versions  1       churn 1\n"
            "  pushes    2  9 B  model repos and packed code that no run has any more\n"
            "old runs that stay, because versions or other runs need them: 1\n"
            "would go  15 B. Nothing was deleted: add --yes\n"
        )


def test_with_yes_it_deletes(folder: Path, typed: Types) -> None:
    code, out, _ = typed("clean", "--older-than", BEFORE, "--store", str(folder), "--yes")
    assert (code, out.splitlines()[-1]) == (0, "deleted  15 B")
    code, out, _ = typed("clean", "--older-than", BEFORE, "--store", str(folder))
    assert out.splitlines()[-1] == "nothing is that old"


def test_json(folder: Path, typed: Types) -> None:
    code, out, err = typed("clean", "--older-than", BEFORE, "--store", str(folder), "--json")
    assert (code, err) == (0, "")
    assert json.loads(out) == {
        "older_than": "2030-01-01T00:00:00+00:00",
        "deleted": False,
        "bytes": 15,
        "runs": [{"model": "churn", "run": "000000000001-000001", "ended": "2026-11-26T08:00:00+00:00", "bytes": 6}],
        "versions": [{"model": "churn", "version": 1, "status": "PendingManualApproval"}],
        "pushes": {"count": 2, "bytes": 9},
        "leftovers": {"count": 0, "bytes": 0},
        "environments": {"folders": [], "bytes": 0},
        "needed_runs": [{"model": "churn", "run": "000000000002-000002"}],
    }


def test_environments_are_those_of_all_model_repos(folder: Path, typed: Types) -> None:
    home = folder.parent / "cache" / "environments" / "0old"
    home.mkdir(parents=True)
    (home / READY).write_bytes(b"{}")
    home.with_suffix(".used").touch()
    out = typed("clean", "--older-than", BEFORE, "--store", str(folder))[1]
    assert "  environments  1  2 B  Python packages of the scripts of all your model repos\n" in out


def test_by_default_30_days(folder: Path, typed: Types) -> None:
    assert "30d" in typed("clean", "--help")[1]
    code, _, err = typed("clean", "--older-than", "soon", "--store", str(folder))
    assert code == 2
    assert "'soon' is not a time. Write how long ago, such as 12h or 7d" in err


def test_sizes_are_short() -> None:
    sizes = (0, 999, 1000, 1_234_567, 3_400_000_000)
    assert [format_bytes(size) for size in sizes] == ["0 B", "999 B", "1 kB", "1.2 MB", "3.4 GB"]
