"""The store: documents in one SQLite file, contents of objects as plain files beside it.

In: small JSON documents by kind and key; blobs from open files. Out: the same documents and blobs, for this process and
for every other process that opens the folder, also at the same time. This module knows neither AWS nor the meaning of a
document.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self
from uuid import uuid4

from pushtrain.errors import LocalError

SCHEMA = 1
BUSY_SECONDS = 30.0
REMEDY = "make the folder writable, or name another with --store"
FULL_REMEDY = "free some space on its disk, or name a folder on another disk with --store"
FULL_ERRORS = {errno.ENOSPC, errno.EDQUOT}  # the disk is full, or the user's share of it
TABLES = """
CREATE TABLE IF NOT EXISTS documents (
    place INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, key TEXT NOT NULL, document TEXT NOT NULL,
    UNIQUE (kind, key));
CREATE INDEX IF NOT EXISTS places ON documents (kind, place);
CREATE TABLE IF NOT EXISTS numbers (
    kind TEXT NOT NULL, subject TEXT NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (kind, subject));
"""


class Readable(Protocol):
    """What has bytes to read, such as an open file."""

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes, all that remain if `size` is negative."""


class Store:
    """The folder `.pushtrain`: `store.db` and blobs. Safe for threads and for several processes at once.

    Every call is one transaction: if a process is killed, its documents are complete or not there.
    All methods raise LocalError if the folder cannot be used. `failure` is the first error of a write, such as a full
    disk. Runs write in threads that nobody joins, so whoever waits for a run must look at it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self._lock = threading.RLock()
        self._version = -1
        self.failure: LocalError | None = None
        self._blob_folders: set[str] = set()  # they exist
        with disk_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            ignore = self.folder / ".gitignore"
            if not ignore.exists() or not ignore.stat().st_size:  # an earlier start may have found the disk full
                ignore.write_text("*\n", encoding="utf-8")
        with _database_errors(self.folder):
            self._database = _open_database(self.folder / "store.db")

    def put(self, kind: str, key: str, document: Mapping[str, Any]) -> None:
        """Write a document. If it replaces another, it keeps its position in `list_all`."""
        self.put_all(kind, {key: document})

    def put_all(self, kind: str, documents: Mapping[str, Mapping[str, Any]]) -> None:
        """Write several documents of one kind: all of them, or none if an error occurs."""
        rows = [(kind, key, json.dumps(document, ensure_ascii=False)) for key, document in documents.items()]
        upsert = (
            "INSERT INTO documents (kind, key, document) VALUES (?, ?, ?)"
            " ON CONFLICT (kind, key) DO UPDATE SET document = excluded.document"
        )
        with self._transaction() as database:
            database.executemany(upsert, rows)

    def get(self, kind: str, key: str) -> dict[str, Any] | None:
        """Return the document, or None if there is none."""
        with self._transaction(write=False) as database:
            query = "SELECT document FROM documents WHERE kind = ? AND key = ?"
            row = database.execute(query, (kind, key)).fetchone()
        return None if row is None else dict(json.loads(row[0]))

    def list_all(self, kind: str) -> list[tuple[str, dict[str, Any]]]:
        """Return every (key, document) of a kind, in the order in which the keys were first written."""
        with self._transaction(write=False) as database:
            query = "SELECT key, document FROM documents WHERE kind = ? ORDER BY place"
            rows = database.execute(query, (kind,)).fetchall()
        return [(key, json.loads(document)) for key, document in rows]

    def list_range(self, kind: str, prefix: str) -> list[tuple[str, dict[str, Any]]]:
        """Return every (key, document) of a kind whose key starts with `prefix`, in the order of `list_all`."""
        with self._transaction(write=False) as database:
            query = "SELECT key, document FROM documents WHERE kind = ? AND key >= ? AND key < ? ORDER BY place"
            rows = database.execute(query, (kind, prefix, prefix + "\U0010ffff")).fetchall()
        return [(key, json.loads(document)) for key, document in rows]

    def list_since(self, kind: str, position: int) -> list[tuple[int, dict[str, Any]]]:
        """Return (position, document) of every document that was first written after `position`, the oldest first.

        Positions count from 1, over all kinds.
        """
        with self._transaction(write=False) as database:
            query = "SELECT place, document FROM documents WHERE kind = ? AND place > ? ORDER BY place"
            rows = database.execute(query, (kind, position)).fetchall()
        return [(row_position, json.loads(document)) for row_position, document in rows]

    def has_changed_elsewhere(self) -> bool:
        """Return True if another process wrote since the last call. The first call returns True."""
        with self._lock, _database_errors(self.folder):
            version = self._database.execute("PRAGMA data_version").fetchone()[0]
            last_version, self._version = self._version, int(version)
        return last_version != self._version

    def remove(self, kind: str, key: str) -> None:
        """Remove a document. Do nothing if there is none."""
        with self._transaction() as database:
            database.execute("DELETE FROM documents WHERE kind = ? AND key = ?", (kind, key))

    def next_number(self, kind: str, group: str) -> int:
        """Return the next number of a group. Numbers count from 1, and no process gets a number twice."""
        upsert = (
            "INSERT INTO numbers (kind, subject, last) VALUES (?, ?, 1)"
            " ON CONFLICT (kind, subject) DO UPDATE SET last = last + 1 RETURNING last"
        )
        with self._transaction() as database:
            return int(database.execute(upsert, (kind, group)).fetchone()[0])

    def put_blob(self, name: str, content: Readable) -> Path:
        """Write a file below the folder and return its path. Readers see the old content or all of the new.

        `name` is a relative POSIX path. The caller must make sure that it stays inside the folder.
        """
        target = self.folder / name
        partial = f"{self.folder}/partial/{uuid4().hex}"
        with self._remember_failure(), disk_errors(self.folder):
            for folder in {os.path.dirname(path) for path in (target, partial)} - self._blob_folders:  # noqa: PTH120
                Path(folder).mkdir(parents=True, exist_ok=True)
                self._blob_folders.add(folder)
            try:
                with open(partial, "wb") as file:  # noqa: PTH123 - called for each of many objects
                    shutil.copyfileobj(content, file, 1 << 20)
                os.replace(partial, target)  # noqa: PTH105
            except BaseException:
                Path(partial).unlink(missing_ok=True)
                raise
        return target

    def close(self) -> None:
        """Close the database. The store cannot be used afterwards."""
        with self._lock:
            self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def write_lock(self) -> Iterator[None]:
        """Hold the write lock over several calls: no other process or thread can write meanwhile."""
        with self._transaction():
            yield

    @contextmanager
    def _remember_failure(self) -> Iterator[None]:
        try:
            yield
        except LocalError as error:
            self.failure = self.failure or error
            raise

    @contextmanager
    def _transaction(self, *, write: bool = True) -> Iterator[sqlite3.Connection]:
        with self._lock, self._remember_failure() if write else nullcontext():
            if self._database.in_transaction:  # inside `write_lock`, which this thread holds
                with _database_errors(self.folder):
                    yield self._database
                return
            with _database_errors(self.folder):
                self._database.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            try:
                with _database_errors(self.folder):
                    yield self._database
                    self._database.commit()
            except BaseException:
                self._database.rollback()
                raise


def _open_database(path: Path) -> sqlite3.Connection:
    """Open the database with a write-ahead log (WAL).

    With WAL, readers continue while another process writes, and committed documents survive kill -9.
    """
    database = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        _enable_write_ahead_log(database)
        database.execute("PRAGMA synchronous = NORMAL")
        _create_tables(database, path)
    except BaseException:
        database.close()
        raise
    return database


def _enable_write_ahead_log(database: sqlite3.Connection) -> None:
    """Try until it works: unlike other statements, this one does not wait for the lock of another process."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            database.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _create_tables(database: sqlite3.Connection, path: Path) -> None:
    """Create the tables of a new store. Raises LocalError if a newer pushtrain wrote the store."""
    version = database.execute("PRAGMA user_version").fetchone()[0]
    if version > SCHEMA:
        raise LocalError(
            f"{path}: written by a newer pushtrain (store version {version}, this one knows {SCHEMA}): "
            "upgrade pushtrain, or name another folder with --store"
        )
    if version < SCHEMA:
        database.executescript(f"BEGIN IMMEDIATE; {TABLES} PRAGMA user_version = {SCHEMA}; COMMIT;")


@contextmanager
def _database_errors(folder: Path) -> Iterator[None]:
    """Raise a LocalError with a remedy for an error of SQLite. A ProgrammingError is a bug and passes through."""
    try:
        yield
    except sqlite3.ProgrammingError:
        raise
    except sqlite3.OperationalError as error:
        locked = f"another pushtrain held it for over {BUSY_SECONDS:.0f} s: try again"
        remedy = locked if "locked" in str(error) else FULL_REMEDY if "full" in str(error) else REMEDY
        raise LocalError(f"{folder}: cannot use the local store ({error}): {remedy}") from error
    except sqlite3.DatabaseError as error:
        remedy = f"move {folder} away to start anew; the objects in it stay readable as files"
        raise LocalError(f"{folder}: the local store is damaged ({error}): {remedy}") from error


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Raise a LocalError with a remedy for an error of the file system."""
    try:
        yield
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        remedy = FULL_REMEDY if error.errno in FULL_ERRORS else REMEDY
        raise LocalError(f"{folder}: cannot use the local store ({reason}): {remedy}") from error
