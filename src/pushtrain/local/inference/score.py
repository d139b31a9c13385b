"""Let a model answer each row of a file, on this computer.

In: a running ModelServer, a file of rows, the file for the answers. Out: Score. The file for the answers is written
whole, or not at all.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from uuid import uuid4

from msgspec import Struct

from pushtrain.catalog.content_types import CSV, JSON
from pushtrain.errors import LocalError, UsageError
from pushtrain.local.inference.request_rows import Request, read_requests, split_request
from pushtrain.local.inference.server import HOST, ModelServer

LONGEST_MESSAGE = 500  # characters of a server's error


class Score(Struct, frozen=True, kw_only=True):
    """How a model answered a file. `p50` and `p90` are milliseconds of a request, measured on this computer."""

    rows: int
    answers: int
    requests: int
    p50: float
    p90: float


class _Refused(Exception):
    """The server answered a request with an error."""


class _Connection:
    """A connection that stays open over many requests."""

    def __init__(self, server: ModelServer, content_type: str, accept: str) -> None:
        self._connection = http.client.HTTPConnection(HOST, server.port)
        self._headers = {"Content-Type": content_type, "Accept": accept}
        self.milliseconds: list[float] = []

    def send(self, request: Request) -> bytes:
        """Return the answer. Raises _Refused with the server's message, LocalError if the server ended."""
        started = time.perf_counter()
        try:
            self._connection.request("POST", "/invocations", request.body, self._headers)
            response = self._connection.getresponse()
            body = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise LocalError(f"the server ended while it answered {describe_rows(request)}") from error
        self.milliseconds.append((time.perf_counter() - started) * 1000)
        if response.status != http.client.OK:
            text = body.decode("utf-8", "replace").strip() or response.reason
            raise _Refused(f"{text[:LONGEST_MESSAGE]} ({response.status})")
        return body

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def score_file(
    server: ModelServer,
    file: Path,
    target: Path,
    *,
    content_type: str,
    has_header: bool = False,
    accept: str = "",
    one_by_one: bool = False,
    whole: bool | None = None,
    verbatim: bool = False,
    name: str = "",
) -> Score:
    """Send the rows of `file` and write the answers to `target`: CSV for a name that ends with .csv, else JSON lines.

    `accept` is another content type of the answers. With `one_by_one`, each row is a request. `name` is what messages
    call the file. `whole` is that of `read_requests`. With `verbatim`, answers stay as they are, as in a batch
    transform job.

    Raises LocalError with the line and the error of the first row that the model does not answer, UsageError if a file
    cannot be read or written.
    """
    accept = accept or (CSV if target.suffix.lower() == ".csv" else JSON)
    partial = target.with_name(f"{target.name}.{uuid4().hex[:8]}")
    connection = _Connection(server, content_type, accept)
    rows = answers = 0
    requests = read_requests(file, content_type, has_header=has_header, one_by_one=one_by_one, whole=whole)
    try:
        with _open(partial, target) as output:
            for request in requests:
                body = _ask(connection, request, file, name or str(file))
                lines = body.rstrip(b"\r\n").split(b"\n") if verbatim else split_answer(body, request, accept)
                output.writelines(line + b"\n" for line in lines)
                rows, answers = rows + request.rows, answers + len(lines)
        partial.replace(target)
    finally:
        connection.close()
        partial.unlink(missing_ok=True)
    times = sorted(connection.milliseconds)
    p90 = times[min(len(times) - 1, int(len(times) * 0.9))]
    return Score(rows=rows, answers=answers, requests=len(times), p50=statistics.median(times), p90=p90)


def split_answer(body: bytes, request: Request, accept: str) -> list[bytes]:
    """Return the lines to write for an answer: of a CSV its lines, of a JSON list one line for each row.

    An answer that does not say which part belongs to which row is one line. Raises LocalError if a CSV has more or
    fewer lines than the request has rows.
    """
    if accept == CSV:
        lines = body.rstrip(b"\r\n").splitlines()
        if request.rows > 1 and len(lines) != request.rows:
            raise LocalError(
                f"the model answered {describe_rows(request)} with {len(lines)} lines instead of {request.rows}"
            )
        return lines
    document = _parse(body)
    if document is None:
        return [b" ".join(body.split())]
    only = next(iter(document.values())) if isinstance(document, dict) and len(document) == 1 else document
    if isinstance(only, list) and len(only) == request.rows:
        return [json.dumps(answer, ensure_ascii=False).encode() for answer in only]
    return [json.dumps(document, ensure_ascii=False).encode()]


def describe_rows(request: Request) -> str:
    """Return `line 7` or `lines 7 to 106` of the file."""
    return f"line {request.first}" if request.first == request.last else f"lines {request.first} to {request.last}"


def _ask(connection: _Connection, request: Request, file: Path, name: str) -> bytes:
    """Return the answer. If the model refuses, send the rows one by one, and raise LocalError for the first bad one."""
    try:
        return connection.send(request)
    except _Refused as error:
        for row in split_request(request, file) if request.rows > 1 else ():
            try:
                connection.send(row)
            except _Refused as own_error:
                raise LocalError(f"{name}, {describe_rows(row)}: {own_error}") from own_error
        raise LocalError(f"{name}, {describe_rows(request)}: {error}") from error


def _parse(body: bytes) -> object:
    try:
        document: object = json.loads(body)
    except ValueError:
        return None
    return document


@contextlib.contextmanager
def _open(partial: Path, target: Path) -> Iterator[IO[bytes]]:
    """Open the file that becomes `target`. Raises UsageError if it cannot be written."""
    try:
        with partial.open("wb") as output:
            yield output
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror}") from error
