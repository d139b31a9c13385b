"""Split a file into requests: what a batch transform job with SplitType Line sends, with a limit of rows. Reads files.

In: a file and its content type. Out: Request values, in the order of the file. Empty lines are left out.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from pushtrain.catalog import content_types
from pushtrain.catalog.content_types import CONTENT_TYPES, CSV, LIBSVM
from pushtrain.errors import UsageError

ROWS = {CSV: 100, LIBSVM: 100}  # in one request; a line of JSON is a request of its own


class Request(Struct, frozen=True, kw_only=True):
    """The body of one request, and the lines of the file that it holds: `first` and `last`, from 1."""

    body: bytes
    first: int
    last: int
    rows: int


def find_content_type(file: Path) -> str:
    """Return the content type for the ending of a file's name. Raises UsageError for an unknown ending."""
    if content_type := content_types.find_content_type(file.name):
        return content_type
    endings = ", ".join(sorted(CONTENT_TYPES))
    raise UsageError(f"{file}: what is in it? Give --content-type, or a name that ends with one of {endings}")


def read_requests(
    file: Path, content_type: str, *, has_header: bool = False, one_by_one: bool = False, whole: bool | None = None
) -> Iterator[Request]:
    """Yield the requests of a file. With `has_header`, its first line is not sent; with `one_by_one`, each row is one.

    `whole`: the file is one request; None if the ending of its name decides.

    Raises UsageError if the file cannot be read or has no rows.
    """
    most = 1 if one_by_one else ROWS.get(content_type, 1)
    whole = not content_types.has_rows(file.name) if whole is None else whole
    try:
        yield from _read_whole(file) if whole else _read_lines(file, most, has_header)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error


def _read_whole(file: Path) -> Iterator[Request]:
    body = file.read_bytes()
    if not body:
        raise UsageError(f"{file} is empty")
    yield Request(body=body, first=1, last=1, rows=1)


def _read_lines(file: Path, most: int, has_header: bool) -> Iterator[Request]:
    with file.open("rb") as content:
        lines = ((number, line.rstrip(b"\r\n")) for number, line in enumerate(content, start=1))
        filled = ((number, line) for number, line in lines if line.strip())
        rows = itertools.islice(filled, int(has_header), None)
        is_empty = True
        while part := list(itertools.islice(rows, most)):
            is_empty = False
            body = b"\n".join(line for _, line in part)
            yield Request(body=body, first=part[0][0], last=part[-1][0], rows=len(part))
    if is_empty:
        raise UsageError(f"{file} has no rows")


def split_request(request: Request, file: Path) -> Iterator[Request]:
    """Yield the rows of a request one by one, so that the one that fails can be named."""
    with file.open("rb") as content:
        for number, line in enumerate(content, start=1):
            if request.first <= number <= request.last and line.strip():
                yield Request(body=line.rstrip(b"\r\n"), first=number, last=number, rows=1)
