"""Objects are put into the store as moto puts them, and requests that moto must answer are left to it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pushtrain import aws
from pushtrain.local.api import RequestScope
from pushtrain.local.aws import up
from pushtrain.local.lookup.clients import NotAnswered
from pushtrain.local.lookup.objects import Document, StoredObjects
from pushtrain.local.lookup.puts import Puts, create_buckets, list_buckets
from pushtrain.local.platform import local_platform
from pushtrain.local.storage.store import Store

PLATFORM = local_platform("", Path(".pushtrain"))
BUCKET = PLATFORM.artifact_bucket
SCOPE = RequestScope(account=PLATFORM.account, region=PLATFORM.region)
REQUESTS: tuple[dict[str, Any], ...] = (
    {"Key": "churn/점수.json", "Body": b"{}", "ContentType": "application/json"},
    {"Key": "churn/again", "Body": b"1", "Metadata": {"Why": "so"}},
    {"Key": "churn/empty", "Body": b""},
)
# moto stores checksums and the default type of what comes over HTTP, and no response of S3 needs them.
VARYING = ("_version_id", "modified", "blob", "checksum_algorithm", "checksum_value", "metadata")


class Answers:
    """The operations on a new store, and the documents that `on_put` got."""

    def __init__(self, folder: Path) -> None:
        self.store, self.documents = Store(folder), list[Document]()
        create_buckets(self.store, PLATFORM)
        self.puts = Puts(self.store, PLATFORM, self.documents.append)
        self.objects = StoredObjects(self.store, frozenset(list_buckets(PLATFORM)))

    def put(self, **request: Any) -> dict[str, Any]:
        return self.puts.put_object({"Bucket": BUCKET, "Key": "a", "Body": b"", **request}, SCOPE)


@pytest.fixture
def answers(tmp_path: Path) -> Iterator[Answers]:
    answers = Answers(tmp_path)
    with answers.store:
        yield answers


def read_documents(store: Store, kind: str = "object") -> list[dict[str, Any]]:
    return [document for _, document in store.list_all(kind)]


def test_objects_and_answers_are_those_of_moto(answers: Answers, tmp_path: Path) -> None:
    direct = [answers.put(**request) for request in REQUESTS]
    heads = [answers.objects.head_object({"Bucket": BUCKET, "Key": request["Key"]}, SCOPE) for request in REQUESTS]
    with up(tmp_path / "moto", PLATFORM, handlers={}, load_engine=False) as moto:
        s3 = aws.client("s3", PLATFORM.region)
        for request, answer, head in zip(REQUESTS, direct, heads, strict=True):
            expected = s3.put_object(Bucket=BUCKET, **request)
            assert answer["ETag"] == expected["ETag"]
            expected_head = s3.head_object(Bucket=BUCKET, Key=request["Key"])
            expected_head.pop("ResponseMetadata")
            assert head == {**expected_head, **{name: head[name] for name in ("LastModified", "VersionId")}}
        documents, expected_documents = read_documents(answers.store), read_documents(moto.store)
        assert {bucket["versioning"] for bucket in read_documents(answers.store, "bucket")} == {"Enabled"}
        assert list(read_documents(answers.store, "bucket")[0]) == list(read_documents(moto.store, "bucket")[0])
    for document, expected_document in zip(documents, expected_documents, strict=True):
        assert document.keys() == expected_document.keys()
        assert document["metadata"].items() <= expected_document["metadata"].items()
        assert document == expected_document | {name: document[name] for name in VARYING}


def test_moto_reads_what_was_put_and_lists_its_versions(answers: Answers, tmp_path: Path) -> None:
    for body in (b"1", b"2"):
        answers.put(Body=body, Metadata={"n": body.decode()})
    listed = answers.objects.list_object_versions({"Bucket": BUCKET, "Prefix": "a"}, SCOPE)
    with up(tmp_path, PLATFORM, handlers={}, load_engine=False):
        s3 = aws.client("s3", PLATFORM.region)
        newest = s3.get_object(Bucket=BUCKET, Key="a")
        assert (newest["Body"].read(), newest["Metadata"]) == (b"2", {"n": "2"})
        expected = s3.list_object_versions(Bucket=BUCKET, Prefix="a")
        expected.pop("ResponseMetadata")
        assert listed == expected
        s3.delete_object(Bucket=BUCKET, Key="a")
        expected = s3.list_object_versions(Bucket=BUCKET, Prefix="a")
        expected.pop("ResponseMetadata")
    assert answers.objects.list_object_versions({"Bucket": BUCKET, "Prefix": "a"}, SCOPE) == expected


def test_a_file_is_read_from_where_it_is_and_people_find_it(answers: Answers, tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"head and body")
    with (tmp_path / "source").open("rb") as file:
        file.seek(9)
        answers.put(Key="x/y.txt", Body=file)
    assert (tmp_path / "s3" / BUCKET / "x" / "y.txt").read_bytes() == b"body"
    body = answers.objects.get_object({"Bucket": BUCKET, "Key": "x/y.txt"}, SCOPE)["Body"]
    assert (body.read(2), body.read()) == (b"bo", b"dy")
    [document] = answers.documents
    assert (document["name"], document["contentsize"]) == ("x/y.txt", 4)


def test_a_condition_that_holds_is_answered_and_no_other(answers: Answers) -> None:
    etag = answers.put(IfNoneMatch="*")["ETag"]
    with pytest.raises(NotAnswered):
        answers.put(IfNoneMatch="*")
    with pytest.raises(NotAnswered):
        answers.put(IfMatch='"other"')
    with pytest.raises(NotAnswered):
        answers.put(Key="none", IfMatch=etag)
    answers.put(IfMatch=etag, Body=b"new")
    assert len(read_documents(answers.store)) == len(answers.documents) == 2


@pytest.mark.parametrize(
    "request_",
    [
        {"Bucket": "lake"},
        {"Key": ""},
        {"Key": "k" * 1025},
        {"Body": io.BytesIO(b"")},
        {"Tagging": "a=b"},
        {"Metadata": {"name": "훈련"}},
    ],
)
def test_moto_answers_other_requests(answers: Answers, request_: dict[str, Any]) -> None:
    with pytest.raises(NotAnswered):
        answers.put(**request_)
    assert read_documents(answers.store) == answers.documents == []


def test_a_missing_object_has_the_errors_of_s3(tmp_path: Path) -> None:
    """In clients, as the code that catches them sees them."""
    with up(tmp_path, PLATFORM, handlers={}, load_engine=False, load_moto=False):
        s3 = aws.client("s3", PLATFORM.region)
        with pytest.raises(s3.exceptions.NoSuchKey) as error:
            s3.get_object(Bucket=BUCKET, Key="none")
        assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404
        with pytest.raises(s3.exceptions.ClientError) as error:
            s3.head_object(Bucket=BUCKET, Key="none")
        assert json.dumps(error.value.response["Error"]) == '{"Code": "404", "Message": "Not Found"}'
