from __future__ import annotations

import errno
import io
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pushtrain.errors import LocalError
from pushtrain.local.storage.store import REMEDY, SCHEMA, Store

WRITER = """
import sys
from pathlib import Path
from pushtrain.local.storage.store import Store
store = Store(Path(sys.argv[1]))
while True:
    n = store.next_number("run", "churn")
    store.put("run", str(n), {"n": n, "text": "x" * 2000})
    print(n, flush=True)
"""
NUMBERS = """
import sys
from pathlib import Path
from pushtrain.local.storage.store import Store
with Store(Path(sys.argv[1])) as store:
    print(*[store.next_number("version", "churn") for _ in range(100)])
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / ".pushtrain") as store:
        yield store


@pytest.fixture
def other(store: Store) -> Iterator[Store]:
    """What a second process would hold."""
    with Store(store.folder) as other:
        yield other


def test_documents_come_back_in_the_order_they_were_first_put(store: Store) -> None:
    for key in ("b", "a", "점수"):
        store.put("run", key, {"key": key})
    store.put("run", "b", {"key": "b", "again": True})
    store.put("other", "b", {})
    assert store.list_all("run") == [
        ("b", {"key": "b", "again": True}),
        ("a", {"key": "a"}),
        ("점수", {"key": "점수"}),
    ]
    assert store.get("run", "점수") == {"key": "점수"}


def test_what_was_removed_is_gone_and_removing_it_again_is_fine(store: Store) -> None:
    store.put("run", "a", {})
    store.remove("run", "a")
    store.remove("run", "a")
    assert store.get("run", "a") is None
    assert store.list_all("run") == []


def test_another_process_sees_what_was_put(store: Store, other: Store) -> None:
    store.put("run", "a", {"n": 1})
    assert other.get("run", "a") == {"n": 1}
    assert other.has_changed_elsewhere()
    assert not other.has_changed_elsewhere()
    store.put("run", "b", {"n": 2})
    assert other.has_changed_elsewhere()
    assert [document for _, document in other.list_since("run", 1)] == [{"n": 2}]


def test_numbers_start_at_one_for_each_group(store: Store) -> None:
    assert [store.next_number("version", "churn"), store.next_number("version", "churn")] == [1, 2]
    assert store.next_number("version", "fraud") == 1


def test_processes_at_once_never_get_the_same_number(tmp_path: Path) -> None:
    command = [sys.executable, "-c", NUMBERS, str(tmp_path / "store")]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    numbers = [int(number) for process in running for number in process.communicate()[0].split()]
    assert sorted(numbers) == list(range(1, 401))


def test_a_writer_killed_in_the_middle_loses_nothing_it_finished(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        numbers = [int(writer.stdout.readline()) for _ in range(200)]
        writer.send_signal(signal.SIGKILL)
        numbers += [int(line) for line in writer.stdout if line.endswith("\n")]
    with Store(tmp_path) as store:
        assert [store.get("run", str(n)) for n in numbers] == [{"n": n, "text": "x" * 2000} for n in numbers]
        assert store.next_number("run", "churn") > numbers[-1]


def test_all_of_a_batch_or_nothing_is_written(store: Store) -> None:
    with pytest.raises(TypeError):
        store.put_all("run", {"a": {"fine": 1}, "b": {"not json": object()}})
    assert store.list_all("run") == []


def test_a_failed_exclusive_block_leaves_no_trace(store: Store) -> None:
    def write_and_fail() -> None:
        with store.write_lock():
            store.put("run", "a", {})
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        write_and_fail()
    assert store.list_all("run") == []


def test_nobody_writes_while_another_holds_the_store(store: Store, other: Store) -> None:
    other._database.execute("PRAGMA busy_timeout = 50")
    with store.write_lock(), pytest.raises(LocalError) as raised:
        other.put("run", "a", {})
    assert str(raised.value) == (
        f"{store.folder}: cannot use the local store (database is locked): another pushtrain held "
        "it for over 30 s: try again"
    )
    other.put("run", "a", {})


def test_git_ignores_the_folder(store: Store) -> None:
    assert (store.folder / ".gitignore").read_text() == "*\n"


def test_a_newer_store_is_refused_by_name(store: Store) -> None:
    store.close()
    with sqlite3.connect(store.folder / "store.db") as database:
        database.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    database.close()
    with pytest.raises(LocalError) as raised:
        Store(store.folder)
    assert str(raised.value) == (
        f"{store.folder}/store.db: written by a newer pushtrain (store version 2, this one knows "
        "1): upgrade pushtrain, or name another folder with --store"
    )


def test_a_damaged_store_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(LocalError) as raised:
        Store(tmp_path)
    assert str(raised.value) == (
        f"{tmp_path}: the local store is damaged (file is not a database): move {tmp_path} away to start "
        "anew; the objects in it stay readable as files"
    )


def test_a_folder_that_cannot_be_made_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LocalError) as raised:
        Store(tmp_path / "file" / "store")
    assert str(raised.value) == (
        f"{tmp_path}/file/store: cannot use the local store (Not a directory): make the folder writable, "
        "or name another with --store"
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_says_what_to_do(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(LocalError) as raised:
        Store(tmp_path / "store")
    message = f"cannot use the local store (Permission denied): {REMEDY}"
    assert str(raised.value) == f"{tmp_path / 'store'}: {message}"


def test_a_store_that_became_read_only_says_what_to_do(store: Store) -> None:
    store._database.execute("PRAGMA query_only = 1")
    with pytest.raises(LocalError) as raised:
        store.put("run", "a", {})
    assert str(raised.value) == (
        f"{store.folder}: cannot use the local store (attempt to write a readonly database): make "
        "the folder writable, or name another with --store"
    )


def test_a_full_disk_is_remembered_for_those_who_wait_for_a_run(store: Store) -> None:
    store._database.execute("PRAGMA max_page_count = 1")
    with pytest.raises(LocalError) as raised:
        store.put("run", "a", {"text": "x" * 100_000})
    assert str(raised.value) == (
        f"{store.folder}: cannot use the local store (database or disk is full): free some space on its disk, or name "
        "a folder on another disk with --store"
    )
    assert store.failure is raised.value
    assert store.get("run", "a") is None


def test_a_blob_on_a_full_disk_leaves_nothing(store: Store) -> None:
    class Full(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(LocalError) as raised:
        store.put_blob("blobs/a", Full())
    assert str(raised.value) == (
        f"{store.folder}: cannot use the local store (No space left on device): free some space on its disk, or name a "
        "folder on another disk with --store"
    )
    assert store.failure is raised.value
    assert list((store.folder / "partial").iterdir()) == []


def test_an_ignore_file_that_a_full_disk_left_empty_is_written_again(store: Store) -> None:
    (store.folder / ".gitignore").write_text("")
    Store(store.folder).close()
    assert (store.folder / ".gitignore").read_text() == "*\n"


def test_a_blob_appears_whole_or_not_at_all(store: Store) -> None:
    class Torn(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 0:
                raise KeyboardInterrupt
            return super().read(5)

    with pytest.raises(KeyboardInterrupt):
        store.put_blob("blobs/a", Torn(b"0123456789"))
    assert not (store.folder / "blobs" / "a").exists()
    assert list((store.folder / "partial").iterdir()) == []
    assert store.put_blob("blobs/a", io.BytesIO(b"0123456789")).read_bytes() == b"0123456789"


def test_many_processes_may_make_a_new_store_at_once(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from pushtrain.local.storage.store import Store\n"
    code += "sys.stdin.readline(); Store(Path(sys.argv[1])).close()"
    for attempt in range(5):
        command = [sys.executable, "-c", code, str(tmp_path / str(attempt))]
        openers = [subprocess.Popen(command, stdin=subprocess.PIPE) for _ in range(4)]
        for opener in openers:
            assert opener.stdin is not None
            opener.stdin.write(b"\n")
            opener.stdin.flush()
        ended = [opener.communicate() and opener.returncode for opener in openers]
        assert ended == [0, 0, 0, 0]
