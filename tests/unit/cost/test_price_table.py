"""The price table of a platform."""

from __future__ import annotations

import io
from typing import Any

import pytest

from pushtrain import aws
from pushtrain.cost import read_prices, write_prices
from pushtrain.platform import Platform

PLATFORM = Platform.local()
OWN = b"""
prices: [{region: us-east-1, as_of: "2026-01-31", source: us, training: {ml.m5.large: 99 USD}}]
"""


class S3:
    """A bucket in memory."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def put_object(self, **request: Any) -> None:
        self.objects[f"{request['Bucket']}/{request['Key']}"] = request["Body"]

    def list_objects_v2(self, **request: Any) -> dict[str, Any]:
        keys = [name.partition("/")[2] for name in self.objects]
        return {"Contents": [{"Key": key} for key in keys if key.startswith(request["Prefix"])]}

    def get_object(self, **request: str) -> dict[str, Any]:
        return {"Body": io.BytesIO(self.objects[f"{request['Bucket']}/{request['Key']}"])}


def find(kind: str, instance: str) -> str:
    price = read_prices(PLATFORM).find_price("us-east-1", kind, instance)
    assert price is not None
    return price.source


def test_own_prices_come_before_those_that_ship(monkeypatch: pytest.MonkeyPatch) -> None:
    s3 = S3()
    monkeypatch.setattr(aws, "client", lambda *_: s3)
    assert find("processing", "ml.m5.large").startswith("https://")
    write_prices(PLATFORM, OWN)
    assert list(s3.objects) == ["pushtrain-artifacts/prices.yaml"]
    assert find("training", "ml.m5.large") == "us"
    assert find("processing", "ml.m5.large").startswith("https://")
