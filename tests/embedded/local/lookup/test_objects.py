"""Objects are read from the store as embedded S3 gives them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pushtrain import aws
from pushtrain.local.api import ApiError, RequestScope
from pushtrain.local.aws import up
from pushtrain.local.lookup.clients import NotAnswered
from pushtrain.local.lookup.objects import StoredObjects
from pushtrain.local.platform import local_platform
from pushtrain.local.storage.store import Store

PLATFORM = local_platform("", Path(".pushtrain"))
BUCKET = PLATFORM.artifact_bucket
SCOPE = RequestScope(account=PLATFORM.account, region=PLATFORM.region)
KEYS = ("churn/runs/1/report.html", "churn/runs/2/a?b", "churn/runs/2/a", "churn/점수.json", "churn/z/z")
LISTINGS: tuple[dict[str, Any], ...] = (
    {},
    {"Prefix": "churn/"},
    {"Prefix": "churn/runs/", "Delimiter": "/"},
    {"Prefix": "churn/", "Delimiter": "/"},
    {"Prefix": "none"},
)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, Any]]]:
    """A store, and the answers of embedded S3."""
    folder = tmp_path_factory.mktemp("store")
    answers: dict[str, Any] = {}
    with up(folder, PLATFORM, handlers={}, load_engine=False):
        s3 = aws.client("s3", PLATFORM.region)
        for key in (*KEYS, "churn/deleted"):
            s3.put_object(Bucket=BUCKET, Key=key, Body=key.encode(), ContentType="text/html")
        answers["first"] = s3.put_object(Bucket=BUCKET, Key=KEYS[0], Body=b"newer")["VersionId"]
        s3.put_object(Bucket=BUCKET, Key=KEYS[0], Body=b"newest", ContentType="text/html")
        s3.delete_object(Bucket=BUCKET, Key="churn/deleted")
        answers["listings"] = [s3.list_objects_v2(Bucket=BUCKET, **request) for request in LISTINGS]
        answers["object"] = s3.get_object(Bucket=BUCKET, Key=KEYS[0])
        answers["content"] = answers["object"]["Body"].read()
    yield folder, answers
    shutil.rmtree(folder)


@pytest.fixture
def objects(written: tuple[Path, dict[str, Any]]) -> Iterator[StoredObjects]:
    with Store(written[0]) as store:
        yield StoredObjects(store, frozenset({BUCKET}))


def test_listings_are_those_of_embedded_s3(objects: StoredObjects, written: tuple[Path, dict[str, Any]]) -> None:
    for request, expected in zip(LISTINGS, written[1]["listings"], strict=True):
        answer = objects.list_objects_v2({"Bucket": BUCKET, **request}, SCOPE)
        assert [sorted(entry.items()) for entry in answer.get("Contents", ())] == [
            sorted((name, entry[name]) for name in ("Key", "Size", "ETag", "LastModified", "StorageClass"))
            for entry in expected.get("Contents", ())
        ]
        assert answer.get("CommonPrefixes") == expected.get("CommonPrefixes")
        assert answer["IsTruncated"] is False


def test_pages(objects: StoredObjects) -> None:
    page = objects.list_objects_v2({"Bucket": BUCKET, "Prefix": "churn/runs/", "MaxKeys": 2}, SCOPE)
    assert ([entry["Key"] for entry in page["Contents"]], page["IsTruncated"]) == ([KEYS[0], KEYS[2]], True)
    request = {"Bucket": BUCKET, "Prefix": "churn/runs/", "ContinuationToken": page["NextContinuationToken"]}
    last = objects.list_objects_v2(request, SCOPE)
    assert ([entry["Key"] for entry in last["Contents"]], last["IsTruncated"]) == ([KEYS[1]], False)


def test_an_object_is_that_of_embedded_s3(objects: StoredObjects, written: tuple[Path, dict[str, Any]]) -> None:
    answer, expected = objects.get_object({"Bucket": BUCKET, "Key": KEYS[0]}, SCOPE), written[1]["object"]
    for member in ("ContentLength", "ContentType", "ETag", "LastModified", "Metadata", "VersionId"):
        assert answer[member] == expected[member], member
    assert b"".join(answer["Body"].iter_chunks(4)) == written[1]["content"] == b"newest"
    request = {"Bucket": BUCKET, "Key": KEYS[0], "VersionId": written[1]["first"]}
    assert objects.get_object(request, SCOPE)["Body"].read() == b"newer"


def test_a_key_with_a_question_mark_is_not_another_version(objects: StoredObjects) -> None:
    for key in KEYS[1:3]:
        assert objects.get_object({"Bucket": BUCKET, "Key": key}, SCOPE)["Body"].read() == key.encode()


@pytest.mark.parametrize("key", ["churn/deleted", "churn/none", "churn/runs/1"])
def test_a_missing_object(objects: StoredObjects, key: str) -> None:
    with pytest.raises(ApiError) as error:
        objects.get_object({"Bucket": BUCKET, "Key": key}, SCOPE)
    assert (error.value.code, str(error.value)) == ("NoSuchKey", "The specified key does not exist.")


@pytest.mark.parametrize(
    "request_members",
    [
        {"Bucket": BUCKET, "Key": "a", "Range": "bytes=0-1"},
        {"Bucket": "other", "Key": "a"},
        {"Bucket": BUCKET, "Key": KEYS[0], "VersionId": "x"},
    ],
)
def test_other_requests_are_left_to_boto3(objects: StoredObjects, request_members: dict[str, Any]) -> None:
    with pytest.raises(NotAnswered):
        objects.get_object(request_members, SCOPE)
