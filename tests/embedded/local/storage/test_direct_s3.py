"""Plain requests are answered without HTTP, and nobody notices: the same members, errors, events and store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pushtrain.aws import create_client
from pushtrain.local.aws import up
from pushtrain.local.storage import direct_s3
from pushtrain.local.storage.direct_s3 import DirectS3
from pushtrain.platform import Platform

BUCKET = Platform.local().artifact_bucket


@pytest.fixture
def s3(tmp_path: Path) -> Iterator[Any]:
    with up(tmp_path, Platform.local(), handlers={}):
        yield create_client("s3")


@pytest.fixture
def over_http(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`over_http()` sends all requests to moto from then on."""
    return lambda: monkeypatch.setattr(direct_s3, "PARAMETERS", {})


def without_checksums(response: dict[str, Any]) -> dict[str, Any]:
    """Remove what boto3 checks when it reads an object, and nothing else reads."""
    return {name: value for name, value in response.items() if not name.startswith("Checksum")}


def without_metadata(response: dict[str, Any]) -> dict[str, Any]:
    body = response.pop("Body", None)
    response.pop("ResponseMetadata")
    for member in ("Contents", "Versions"):
        response |= {member: [without_checksums(entry) for entry in response[member]]} if member in response else {}
    response = without_checksums(response)
    return response | ({"Body": body.read()} if body else {})


def test_responses_are_those_of_moto(s3: Any, over_http: Any) -> None:
    put = s3.put_object(Bucket=BUCKET, Key="a/훈련 b.csv", Body=b"1,2\n", ContentType="text/csv")
    s3.put_object(Bucket=BUCKET, Key="a/empty", Body=b"")
    s3.put_object(Bucket=BUCKET, Key="b", Body=b"x")
    s3.put_object(
        Bucket=BUCKET, Key="b", Body=b"y", StorageClass="STANDARD"
    )  # by moto, which adds metadata of the request
    s3.delete_object(Bucket=BUCKET, Key="a/empty")
    s3.put_object(Bucket=BUCKET, Key="a/empty", Body=b"")
    requests: list[tuple[str, dict[str, Any]]] = [
        ("get_object", {"Key": "a/훈련 b.csv"}),
        ("get_object", {"Key": "a/훈련 b.csv", "VersionId": put["VersionId"]}),
        ("get_object", {"Key": "a/empty"}),
        ("get_object", {"Key": "b"}),
        ("head_object", {"Key": "b"}),
        ("head_object", {"Key": "a/훈련 b.csv", "VersionId": put["VersionId"]}),
        ("list_object_versions", {"Prefix": "a/"}),
        ("list_object_versions", {}),
        ("list_object_versions", {"Prefix": "nothing/"}),
        ("list_objects_v2", {"Prefix": "a/"}),
        ("list_objects_v2", {}),
        ("list_objects_v2", {"Prefix": "nothing/"}),
    ]
    direct = [without_metadata(getattr(s3, name)(Bucket=BUCKET, **request)) for name, request in requests]
    over_http()
    moto = [without_metadata(getattr(s3, name)(Bucket=BUCKET, **request)) for name, request in requests]
    for mine, theirs in zip(direct, moto, strict=True):
        assert mine == {key: theirs[key] for key in theirs if key != "EncodingType"}


def test_a_listing_has_pages_of_one_thousand(s3: Any) -> None:
    for number in range(1001):
        s3.put_object(Bucket=BUCKET, Key=f"many/{number:04}", Body=b"x")
    pages = list(s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="many/"))
    assert [page["KeyCount"] for page in pages] == [1000, 1]
    assert [entry["Key"] for page in pages for entry in page["Contents"]] == [f"many/{n:04}" for n in range(1001)]
    assert s3.list_objects_v2(Bucket=BUCKET, Prefix="many/", MaxKeys=2)["KeyCount"] == 2


def test_an_object_is_in_the_store_when_the_put_returns(s3: Any, tmp_path: Path, over_http: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="a", Body=b"one")
    version = s3.put_object(Bucket=BUCKET, Key="a", Body=b"two")
    assert (tmp_path / "s3" / BUCKET / "a").read_bytes() == b"two"
    over_http()
    assert s3.head_object(Bucket=BUCKET, Key="a")["VersionId"] == version["VersionId"]
    assert len(s3.list_object_versions(Bucket=BUCKET, Prefix="a")["Versions"]) == 2


@pytest.mark.parametrize(
    ("name", "request_", "code"),
    [
        ("get_object", {"Bucket": BUCKET, "Key": "gone"}, "NoSuchKey"),
        ("get_object", {"Bucket": "nowhere", "Key": "a"}, "NoSuchBucket"),
        ("head_object", {"Bucket": BUCKET, "Key": "gone"}, "404"),
        ("put_object", {"Bucket": BUCKET, "Key": "gone", "Body": b"", "IfMatch": '"a"'}, "NoSuchKey"),
        ("list_objects_v2", {"Bucket": "nowhere"}, "NoSuchBucket"),
        ("put_object", {"Bucket": "nowhere", "Key": "a", "Body": b""}, "NoSuchBucket"),
    ],
)
def test_errors_are_those_of_moto(s3: Any, over_http: Any, name: str, request_: dict[str, Any], code: str) -> None:
    with pytest.raises(ClientError) as raised:
        getattr(s3, name)(**request_)
    over_http()
    with pytest.raises(ClientError) as raised_by_moto:
        getattr(s3, name)(**request_)
    assert raised.value.response["Error"]["Code"] == code
    assert {**raised.value.response["Error"], "Key": ""} == {**raised_by_moto.value.response["Error"], "Key": ""}
    assert type(raised.value).__name__ == type(raised_by_moto.value).__name__


def test_conditions_of_a_put_are_kept(s3: Any, tmp_path: Path) -> None:
    put = s3.put_object(Bucket=BUCKET, Key="a", Body=b"one", IfNoneMatch="*")
    for condition in ({"IfNoneMatch": "*"}, {"IfMatch": '"other"'}):
        with pytest.raises(ClientError, match="PreconditionFailed"):
            s3.put_object(Bucket=BUCKET, Key="a", Body=b"two", **condition)
    s3.put_object(Bucket=BUCKET, Key="a", Body=b"three", IfMatch=put["ETag"])
    assert (tmp_path / "s3" / BUCKET / "a").read_bytes() == b"three"


@pytest.mark.parametrize("largest", [2, 8])
def test_a_file_is_put_whole_from_where_it_is(
    s3: Any, tmp_path: Path, largest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(direct_s3, "LARGEST", largest)
    (tmp_path / "file").write_bytes(b"0123456")
    with (tmp_path / "file").open("rb") as file:
        file.seek(2)
        s3.put_object(Bucket=BUCKET, Key="a", Body=file)
    assert (tmp_path / "s3" / BUCKET / "a").read_bytes() == b"23456"


def test_a_deleted_object_is_gone(s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="a", Body=b"one")
    s3.delete_object(Bucket=BUCKET, Key="a")
    assert s3.list_objects_v2(Bucket=BUCKET).get("Contents") is None
    with pytest.raises(ClientError, match="NoSuchKey"):
        s3.get_object(Bucket=BUCKET, Key="a")


def test_handlers_of_events_see_the_calls_and_may_answer(s3: Any) -> None:
    seen: list[str] = []
    s3.meta.events.register("before-parameter-build.s3.PutObject", lambda params, **_: seen.append(params["Key"]))
    s3.meta.events.register("before-call.s3.PutObject", lambda params, **_: seen.append(params["url_path"]))
    s3.meta.events.register("after-call.s3.PutObject", lambda parsed, **_: seen.append(min(parsed)))
    s3.put_object(Bucket=BUCKET, Key="a b/c", Body=b"one")
    assert seen == ["a b/c", "/a%20b/c", "ETag"]
    s3.meta.events.register(
        "before-call.s3.GetObject", lambda **_: (type("Http", (), {"status_code": 200})(), {"Body": "mine"})
    )
    assert s3.get_object(Bucket=BUCKET, Key="a") == {"Body": "mine"}


def test_only_plain_requests_are_answered() -> None:
    assert DirectS3.is_plain("GetObject", {"Bucket": "b", "Key": "k"})
    assert not DirectS3.is_plain("GetObject", {"Bucket": "b", "Key": "k", "Range": "bytes=0-1"})
    assert not DirectS3.is_plain("PutObject", {"Bucket": "b", "Key": "k", "Body": b"", "Tagging": "a=b"})
    assert not DirectS3.is_plain("PutObject", {"Bucket": "b", "Key": "k", "Body": object()})
    assert not DirectS3.is_plain("HeadObject", {"Bucket": "b", "Key": "k", "PartNumber": 1})
