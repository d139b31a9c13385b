"""Update a JSON document in S3 that several runs or people write, without losing what another wrote. Calls S3."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Protocol, Self, TypeVar

from pushtrain.aws import CONFLICT_CODES
from pushtrain.errors import StorageConflict
from pushtrain.layout import build_uri

logger = logging.getLogger(__name__)
ATTEMPTS = 5  # each time another run of the model may have ended at the same moment


def read_with_etag(s3: Any, bucket: str, key: str, *, limit: int | None = None) -> tuple[bytes, str]:
    """Return a document and its ETag; both are empty if there is no document.

    A document of more than `limit` bytes is cut, so that it cannot be read as JSON.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    try:
        response = s3.get_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchKey":
            raise
        return b"", ""
    body: bytes = response["Body"].read() if limit is None else response["Body"].read(limit)
    etag: str = response["ETag"]
    return body, etag


class Document(Protocol):
    """A document that can be written and read. Created without arguments, it is empty."""

    @classmethod
    def from_json(cls, document: bytes, /) -> Self:
        """Read the document. Raises ValueError if it cannot be read."""
        ...

    def to_json(self) -> str:
        """Return the document as JSON."""
        ...


AnyDocument = TypeVar("AnyDocument", bound=Document)


def parse_document(kind: type[AnyDocument], body: bytes, uri: str, consequence: str) -> AnyDocument:
    """Return the document; an empty one if there is none.

    Return an empty one also if it cannot be read. The log says so, and what follows from it: `consequence`.
    """
    try:
        return kind.from_json(body) if body else kind()
    except ValueError as error:
        logger.warning("%s", f"{uri} cannot be read, so {consequence}: {error}")
        return kind()


def change_document(
    s3: Any, bucket: str, key: str, parse: Callable[[bytes], AnyDocument], change: Callable[[AnyDocument], AnyDocument]
) -> None:
    """Write the document that `change` returns, unless it changes nothing. `parse` reads it, also if it is empty.

    Raises StorageConflict if others wrote the document each time.
    """

    def update(body: bytes) -> str | None:
        document = parse(body)
        changed = change(document)
        return None if changed == document else changed.to_json()

    update_document(s3, bucket, key, update)


def update_document(
    s3: Any,
    bucket: str,
    key: str,
    update: Callable[[bytes], str | None],
    *,
    limit: int | None = None,
    remedy: str = "Deliver the event again",
    attempts: int = ATTEMPTS,
    wait: Callable[[int], None] | None = None,
) -> None:
    """Write what `update` returns for the document as it is now, which is empty if there is none. None writes nothing.

    `limit` is that of `read_with_etag`. `wait` gets the number of attempts that failed, before the next one.
    Raises StorageConflict, with the remedy, if others wrote it each time.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    for attempt in range(attempts):
        if attempt and wait:
            wait(attempt)
        document, etag = read_with_etag(s3, bucket, key, limit=limit)
        text = update(document)
        if text is None:
            return
        condition = {"IfMatch": etag} if etag else {"IfNoneMatch": "*"}
        try:
            s3.put_object(Bucket=bucket, Key=key, Body=text.encode(), **condition)
        except ClientError as error:
            if error.response["Error"]["Code"] not in CONFLICT_CODES:
                raise
        else:
            return
    raise StorageConflict(f"{build_uri(bucket, key)} was written by others {attempts} times meanwhile. {remedy}")
