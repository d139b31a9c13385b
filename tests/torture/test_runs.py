"""Runs on a computer that fails: full disks, writes that fail once, kill -9, two processes at once.

The environment variable PUSHTRAIN_TORTURE is the number of rounds of each test; `make torture` sets 100.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.forks import Program, run_pushtrain

PLAIN = Path(__file__).parents[1] / "embedded" / "repos" / "plain"
ROUNDS = int(os.environ.get("PUSHTRAIN_TORTURE", "2"))
LOUD = "print('x' * 99, *(f'\\n{number:099}' for number in range(40_000)))\n"
FULL = "cannot use the local store (database or disk is full): free some space on its disk, or name a folder on another"
HANG = 120  # seconds
FAULT = """
import errno, itertools, shutil, sqlite3, sys, types
from contextlib import contextmanager
from pushtrain.local.storage import store

number, is_lasting = int(sys.argv.pop(1)), sys.argv.pop(1) == "lasting"
counter = itertools.count()
stock_transaction = store.Store._transaction

def is_due():
    current = next(counter)
    return current == number or (is_lasting and current > number)

@contextmanager
def transaction(self, *, write=True):
    with stock_transaction(self, write=write) as database:
        yield database
        if write and is_due():
            raise sqlite3.OperationalError("database or disk is full")

def copy(content, file, size):
    if is_due():
        raise OSError(errno.ENOSPC, "No space left on device")
    shutil.copyfileobj(content, file, size)

store.Store._transaction = transaction
store.shutil = types.SimpleNamespace(copyfileobj=copy)
from pushtrain.cli import main
try:
    main()
finally:
    print("writes:", next(counter), file=sys.stderr)
"""
pytestmark = pytest.mark.slow


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PLAIN, tmp_path / "repo"))


def check_store(store: Path) -> list[dict[str, Any]]:
    """Return the runs of a store. Nothing in it is half done: no run that is open, no object without its content."""
    listed = run_pushtrain("runs", "list", "--local", "--json", "--store", store)
    assert listed.returncode == 0, listed.stderr
    runs: list[dict[str, Any]] = json.loads(listed.stdout)
    assert [run["status"] for run in runs if run["status"] == "RUNNING"] == []
    with closing(sqlite3.connect(store / "store.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        objects = [json.loads(row[0]) for row in database.execute("SELECT document FROM documents WHERE kind='object'")]
    missing = [
        entry["name"] for entry in objects if "blob" in entry and not (store / "blobs" / entry["blob"]).is_file()
    ]
    assert missing == []
    return runs


def numbers_of_writes() -> Iterator[int]:
    """Yield which write fails: each one if there are enough rounds, else some of them."""
    step = max(1, 100 // ROUNDS)
    yield from range(0, 100, step)


@pytest.mark.parametrize("duration", ["once", "lasting"])
def test_a_write_that_fails_ends_the_run_with_one_line(duration: str, repo: Path, tmp_path: Path) -> None:
    for number in numbers_of_writes():
        store = tmp_path / f"store-{number}"
        ended = run_pushtrain(number, duration, "run", repo, "--store", store, code=FAULT)
        *errors, count = ended.stderr.splitlines()
        if int(count.removeprefix("writes: ")) <= number:
            break  # the run makes fewer writes
        assert (ended.returncode, len(errors)) == (1, 1), f"write {number}: {ended.stdout}{ended.stderr}"
        assert f"{store}: cannot use the local store (" in errors[0]
        assert "free some space on its disk" in errors[0]
        check_store(store)
        shutil.rmtree(store)


def test_a_full_disk_ends_the_run_with_one_line(repo: Path, tmp_path: Path) -> None:
    """A script prints 4 MB on a disk of 3 MB, a tmpfs if this user may mount one; else no file may grow over 1 MB."""
    (repo / "train.py").write_text(LOUD + (repo / "train.py").read_text())
    disk = tmp_path / "disk"
    disk.mkdir()
    namespace = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", 'mount -t tmpfs -o size=3m tmpfs "$0"']
    limit = ["sh", "-c", 'trap "" XFSZ; ulimit -f 1024']
    may_mount = (
        shutil.which("unshare")
        and not subprocess.run([*namespace, str(disk)], capture_output=True, check=False).returncode
    )
    *head, script = namespace if may_mount else limit
    run = [sys.executable, "-m", "pushtrain", "run", str(repo), "--store", str(disk / "store")]
    ended = subprocess.run(
        [*head, f'{script} && "$@"', str(disk), *run], capture_output=True, text=True, check=False, timeout=HANG
    )
    assert (ended.returncode, "Traceback" in ended.stderr) == (1, False), ended.stdout + ended.stderr
    assert len(ended.stderr.splitlines()) <= 1
    assert FULL in ended.stderr or "the log of the job cannot be written (" in ended.stdout


def test_the_store_survives_kill_9(repo: Path, tmp_path: Path) -> None:
    store, chance = tmp_path / "store", random.Random(15)  # noqa: S311 - no secret
    for _ in range(ROUNDS):
        with Program(("run", repo, "--store", store)) as process, suppress(subprocess.TimeoutExpired):
            process.wait(chance.uniform(0.1, 2))
        if (store / "store.db").exists():
            check_store(store)
    ended = run_pushtrain("run", repo, "--store", store)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "registered" in {run["outcome"] for run in check_store(store)}


def test_two_processes_run_in_one_store(repo: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    pairs = max(1, ROUNDS // 10)
    for _ in range(pairs):
        with ThreadPoolExecutor(2) as pool:
            for ended in pool.map(lambda _: run_pushtrain("run", repo, "--store", store), range(2)):
                assert ended.returncode == 0, ended.stdout + ended.stderr
    runs = check_store(store)
    assert sorted(run["model_version"] for run in runs) == list(range(1, 2 * pairs + 1))
