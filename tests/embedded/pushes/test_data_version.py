"""The version of data at an S3 address is a hash of its listing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from pushtrain.pushes import data_version
from pushtrain.pushes.data_version import build_data, list_data
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


def test_of_too_many_objects_only_the_address_is_known(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_version, "MAX_OBJECTS", 2)
    assert list_churn(s3).objects == 2
    monkeypatch.setattr(data_version, "MAX_OBJECTS", 1)
    assert list_churn(s3) == RecordedData(uri=URI)


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
