"""A document that several runs write: nothing is lost, and what is not a conflict is raised."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pushtrain.documents import change_document, read_with_etag, update_document
from pushtrain.errors import StorageConflict


class Bucket:
    """S3 with one object; `conflicts` writes are refused because another one was faster."""

    def __init__(self, conflicts: int = 0, code: str = "PreconditionFailed") -> None:
        self.body: bytes | None = None
        self.conflicts, self.code = conflicts, code
        self.conditions: list[dict[str, str]] = []

    def get_object(self, **_: str) -> dict[str, Any]:
        if self.body is None:
            raise ClientError({"Error": {"Code": "NoSuchKey", "Message": ""}}, "GetObject")
        return {"Body": io.BytesIO(self.body), "ETag": '"e"'}

    def put_object(self, Bucket: str, Key: str, Body: bytes, **condition: str) -> None:  # noqa: N803 - boto3's names
        self.conditions.append(condition)
        if self.conflicts:
            self.conflicts -= 1
            raise ClientError({"Error": {"Code": self.code, "Message": ""}}, "PutObject")
        self.body = Body


def add(document: bytes) -> str:
    return document.decode() + "x"


def test_a_document_is_created_and_then_only_replaced_as_it_was_read() -> None:
    bucket = Bucket()
    for _ in range(2):
        update_document(bucket, "b", "k", add)
    assert bucket.conditions == [{"IfNoneMatch": "*"}, {"IfMatch": '"e"'}]
    assert read_with_etag(bucket, "b", "k") == (b"xx", '"e"')


def test_a_writer_that_was_slower_tries_again() -> None:
    bucket = Bucket(conflicts=4, code="ConditionalRequestConflict")
    update_document(bucket, "b", "k", add)
    assert bucket.body == b"x"


def test_a_writer_that_is_always_slower_gives_up() -> None:
    with pytest.raises(StorageConflict) as error:
        update_document(Bucket(conflicts=9), "b", "k", add)
    assert str(error.value) == "s3://b/k was written by others 5 times meanwhile. Deliver the event again"


def test_what_is_not_a_conflict_is_raised() -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        update_document(Bucket(conflicts=1, code="AccessDenied"), "b", "k", add)


@dataclass(frozen=True)
class Names:
    text: str

    def to_json(self) -> str:
        return self.text


def test_a_change_that_changes_nothing_writes_nothing() -> None:
    bucket = Bucket()
    for name in ("a", "a"):
        change_document(bucket, "b", "k", lambda body: Names(body.decode()), lambda _, name=name: Names(name))  # type: ignore[misc]
    assert (bucket.body, len(bucket.conditions)) == (b"a", 1)
