"""The listing of a data version is stored once, for steps that run and may be explained later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import msgspec
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from pushtrain.layout import build_listing_key
from pushtrain.pushes import data_version
from pushtrain.pushes.data_listing import Listings, parse_listing, save_listings
from pushtrain.pushes.data_version import list_data
from pushtrain.record import RecordedData, RecordedReuse, RecordedStep, ReusedJob, RunRecord
from tests.sample_record import RECORD

BUCKET, URI = "artifacts", "s3://lake/raw/"
JOB = ReusedJob(name="j", status="Completed", arn="a", prefix="p")
READS = {"raw": "data.raw"}


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        for bucket in (BUCKET, "lake"):
            client.create_bucket(Bucket=bucket)
        for number in range(4):
            client.put_object(Bucket="lake", Key=f"raw/{number}.csv", Body=b"1")
        yield client


def describe(s3: Any, listings: Listings, **step: Any) -> RunRecord:
    """Return the record of a run with one step, which reads data.raw unless `step` says something else."""
    data = list_data(s3, {"raw": URI}, listings=listings)
    train = msgspec.structs.replace(RecordedStep(cache=True, inputs=READS), **step)
    return msgspec.structs.replace(RECORD, data=data, steps={"train": train}, reuse={})


def list_stored(s3: Any) -> list[str]:
    return [stored["Key"] for stored in s3.list_objects_v2(Bucket=BUCKET).get("Contents", ())]


def test_the_listing_is_stored_once_and_read_back(s3: Any, caplog: pytest.LogCaptureFixture) -> None:
    listings: Listings = {}
    record = describe(s3, listings)
    save_listings(s3, BUCKET, record, listings)
    key = build_listing_key(record.model, str(record.data["raw"].version))
    assert list_stored(s3) == [key]
    body = s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    listing = parse_listing(body, key)
    assert listing is not None
    assert [(name, size) for name, size, _ in listing] == [(f"{number}.csv", 1) for number in range(4)]
    s3.put_object(Bucket=BUCKET, Key=key, Body=b"damaged")
    save_listings(s3, BUCKET, record, listings)  # it never writes one again
    with caplog.at_level("WARNING", logger="pushtrain.pushes.data_listing"):
        assert parse_listing(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read(), key) is None
    assert f"{key} cannot be read, so only totals are compared: " in caplog.text


@pytest.mark.parametrize("step", [{"cache": False}, {"inputs": {"train": "split.train"}}])
def test_a_step_that_nobody_explains_or_that_reads_no_data_needs_no_listing(s3: Any, step: dict[str, Any]) -> None:
    listings: Listings = {}
    save_listings(s3, BUCKET, describe(s3, listings, **step), listings)
    assert list_stored(s3) == []


def test_a_step_that_is_reused_makes_no_call(s3: Any) -> None:
    listings: Listings = {}
    record = msgspec.structs.replace(describe(s3, listings), reuse={"train": RecordedReuse(run="r1", job=JOB)})
    save_listings(None, BUCKET, record, listings)


def test_more_objects_than_the_limit_are_not_stored(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_version, "MAX_LISTED", 3)
    listings: Listings = {}
    record = describe(s3, listings)
    assert listings == {}
    assert record.data["raw"].objects == 4
    save_listings(s3, BUCKET, record, listings)
    assert list_stored(s3) == []
    monkeypatch.setattr(data_version, "MAX_LISTED", 4)
    describe(s3, listings)
    assert [len(listing) for listing in listings.values()] == [4]


def test_what_s3_refuses_is_no_success(s3: Any) -> None:
    listings: Listings = {}
    record = describe(s3, listings)
    with pytest.raises(ClientError, match="NoSuchBucket"):
        save_listings(s3, "missing", record, listings)


def test_data_with_a_marker_has_no_listing(s3: Any) -> None:
    listings: Listings = {}
    data = list_data(s3, {"raw": URI}, {"raw": f"{URI}1.csv"}, listings)
    assert data["raw"] == RecordedData(uri=URI, version=data["raw"].version, marker=f"{URI}1.csv")
    assert listings == {}
