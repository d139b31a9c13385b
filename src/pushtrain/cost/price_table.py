"""A platform's price table: one object in its artifact bucket, which people may replace.

The push handler and the command line read the same object, so `plan` shows what a push would do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pushtrain import aws
from pushtrain.layout import PRICE_TABLE, build_uri
from pushtrain.platform import Platform
from pushtrain.pushes.revision import object_exists

if TYPE_CHECKING:
    from pushtrain.cost.prices import Prices


def read_prices(platform: Platform) -> Prices:
    """Return the platform's own prices, then those shipped with pushtrain. Raises ConfigError."""
    from pushtrain.cost.prices import parse_prices, read_shipped_prices  # noqa: PLC0415 - its model is slow to import

    s3 = aws.client("s3", platform.region)
    if not object_exists(s3, platform.artifact_bucket, PRICE_TABLE):
        return read_shipped_prices()
    body = s3.get_object(Bucket=platform.artifact_bucket, Key=PRICE_TABLE)["Body"].read()
    return parse_prices(body, file=build_uri(platform.artifact_bucket, PRICE_TABLE)).with_fallback(
        read_shipped_prices()
    )


def write_prices(platform: Platform, data: bytes) -> None:
    """Replace the platform's price table with `data`, a valid table for `parse_prices`."""
    aws.client("s3", platform.region).put_object(Bucket=platform.artifact_bucket, Key=PRICE_TABLE, Body=data)
