"""The version of data at an S3 address is a hash of its listing."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from pushtrain.errors import PushError
from pushtrain.pushes import data_version
from pushtrain.pushes.data_version import build_data, build_marker_uri, check_version, list_data
from pushtrain.record import RecordedData

URI = "s3://lake/churn/"


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Embedded S3 with two files of churn, a folder, and a file beside them."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="lake")
        for key, body in {"churn/a.csv": b"1", "churn/b.csv": b"22", "churn/": b"", "churn-old/a.csv": b"3"}.items():
            client.put_object(Bucket="lake", Key=key, Body=body)
        yield client


def list_churn(s3: Any) -> RecordedData:
    return list_data(s3, {"raw": URI})["raw"]


def test_the_listing_has_the_objects_below_the_address(s3: Any) -> None:
    data = list_churn(s3)
    assert (data.uri, data.objects, data.bytes, data.sha256) == (URI, 2, 3, None)
    etags = {item["Key"]: item["ETag"].strip('"') for item in s3.list_objects_v2(Bucket="lake")["Contents"]}
    listing = [("b.csv", 2, etags["churn/b.csv"]), ("a.csv", 1, etags["churn/a.csv"])]
    assert build_data(URI, listing) == data
    assert list_data(s3, {"old": "s3://lake/churn", "raw": URI})["old"].objects == 3  # as a job reads it


@pytest.mark.parametrize(
    ("key", "body"), [("churn/a.csv", b"2"), ("churn/c.csv", b"1"), ("churn/a.csv", None), ("churn/sub/a.csv", b"")]
)
def test_every_change_of_an_object_is_another_version(s3: Any, key: str, body: bytes | None) -> None:
    before = list_churn(s3)
    if body is None:
        s3.delete_object(Bucket="lake", Key=key)
    else:
        s3.put_object(Bucket="lake", Key=key, Body=body)
    assert list_churn(s3).version not in {None, before.version}


def test_a_change_beside_the_data_is_none_of_its_own(s3: Any) -> None:
    before = list_churn(s3)
    s3.put_object(Bucket="lake", Key="churn-old/a.csv", Body=b"4")
    s3.put_object(Bucket="lake", Key="churn/sub/", Body=b"")
    assert list_churn(s3) == before


def test_of_a_bucket_that_is_missing_only_the_address_is_known(s3: Any) -> None:
    assert list_data(s3, {"raw": "s3://missing/"}) == {"raw": RecordedData(uri="s3://missing/")}


def test_too_many_objects_have_no_version_and_the_push_says_what_to_do(
    s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_version, "MAX_OBJECTS", 2)
    assert list_churn(s3).objects == 2
    check_version("raw", list_churn(s3))
    monkeypatch.setattr(data_version, "MAX_OBJECTS", 1)
    assert list_churn(s3) == RecordedData(uri=URI, objects=2)
    with pytest.raises(PushError) as error:
        check_version("raw", list_churn(s3))
    assert str(error.value) == (
        "data.raw: with those at s3://lake/churn/, the data have more than 1 objects, too many to be listed. Write an "
        "object there whenever the data change, and name its key: `data.raw.version: KEY`. Its ETag then stands for "
        "the version of the data"
    )


def test_the_limit_is_that_of_all_entries_together(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    uris = {"old": "s3://lake/churn-old/", "raw": URI}
    monkeypatch.setattr(data_version, "MAX_OBJECTS", 3)
    assert [entry.objects for entry in list_data(s3, uris).values()] == [1, 2]
    monkeypatch.setattr(data_version, "MAX_OBJECTS", 2)
    assert 3 in [entry.objects for entry in list_data(s3, uris).values() if entry.version is None]
    assert [entry.objects for entry in list_data(s3, uris, {"raw": f"{URI}a.csv"}).values()] == [1, None]


def test_a_marker_stands_for_the_data(s3: Any) -> None:
    marker = build_marker_uri("s3://lake/churn", "a.csv")
    assert marker == build_marker_uri(URI, "a.csv") == "s3://lake/churn/a.csv"

    def read() -> RecordedData:
        return list_data(s3, {"raw": URI}, {"raw": marker})["raw"]

    before = read()
    assert (before.uri, before.objects, before.bytes, before.marker) == (URI, None, None, marker)
    s3.put_object(Bucket="lake", Key="churn/b.csv", Body=b"333")
    s3.put_object(Bucket="lake", Key="churn/a.csv", Body=b"1")  # the same content
    assert read() == before
    s3.put_object(Bucket="lake", Key="churn/a.csv", Body=b"2")
    assert read().version not in {None, before.version}


@pytest.mark.parametrize("marker", ["s3://lake/churn/a", "s3://lake/churn/z", "s3://missing/churn/a.csv"])
def test_a_marker_that_is_missing_refuses_the_push(s3: Any, marker: str) -> None:
    entry = list_data(s3, {"raw": URI}, {"raw": marker})["raw"]
    assert entry == RecordedData(uri=URI, marker=marker)
    with pytest.raises(PushError) as error:
        check_version("raw", entry)
    assert str(error.value) == (
        f"data.raw.version: {marker} cannot be listed, or does not exist. Write this object after the data, with a "
        "content that changes with them, such as the names and times of all files"
    )


class Listing:
    """S3 that lists objects in this order, in pages of 1,000."""

    def __init__(self, keys: Iterable[str]) -> None:
        self.keys = keys

    def get_paginator(self, _: str) -> Listing:
        return self

    def paginate(self, **_: str) -> Iterator[dict[str, Any]]:
        keys = iter(self.keys)
        while page := [{"Key": key, "Size": 9, "ETag": '"e"'} for key in islice(keys, 1000)]:
            yield {"Contents": page}


@pytest.mark.parametrize("names", ["ab", "ba"])
def test_a_listing_that_is_not_sorted_has_the_same_version(names: str, monkeypatch: pytest.MonkeyPatch) -> None:
    s3 = Listing([f"churn/{name}" for name in names])
    assert list_churn(s3) == build_data(URI, [("a", 9, "e"), ("b", 9, "e")])
    monkeypatch.setattr(data_version, "MAX_SORTED", 1)
    assert (list_churn(s3).version is None) is (names == "ba")


def test_the_memory_does_not_grow_with_the_objects() -> None:
    tracemalloc.start()
    entry = list_churn(Listing(f"churn/part-{number:07d}.parquet" for number in range(30_000)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert entry.objects == 30_000
    assert peak < 3_000_000  # a page, not the listing


@pytest.mark.parametrize(("status", "is_raised"), [(403, False), (301, False), (503, True)])
def test_a_refusal_is_not_known_and_a_failure_is_tried_again(status: int, is_raised: bool) -> None:
    class Refusing:
        def get_paginator(self, _: str) -> Any:
            response: Any = {"Error": {"Code": "No"}, "ResponseMetadata": {"HTTPStatusCode": status}}
            raise ClientError(response, "ListObjectsV2")

    if is_raised:
        with pytest.raises(ClientError):
            list_churn(Refusing())
    else:
        assert list_churn(Refusing()) == RecordedData(uri=URI)
