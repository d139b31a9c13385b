"""Fetch prices from AWS's online price list and write them as a price table. No other code reads the price list.

Source: API reference of the Price List Query API, GetProducts. An hour of a job has the usage type
`…Train:ml.g5.xlarge` or `…Processing:ml.g5.xlarge`, as on bills. Warm pools, spot, savings plans and fees have other
usage types and are ignored.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from pushtrain import aws
from pushtrain.catalog import instances
from pushtrain.catalog.job_kinds import PRICED_KINDS
from pushtrain.config.values.money import Money, parse_money
from pushtrain.errors import UsageError

SOURCE = "AWS Price List Query API, GetProducts, AmazonSageMaker"
ENDPOINT = "us-east-1"  # the API has few endpoints; each has the prices of all regions of its partition
_USAGE = re.compile(rf"(?:[A-Z0-9]+-)?({'|'.join(kind.price_usage for kind in PRICED_KINDS)}):(ml\.[a-z0-9.-]+)")


def fetch_table(region: str, today: str) -> str:
    """Return a price table (YAML) of all training and processing instances in `region`.

    `today` is the date of the request. Needs `pricing:GetProducts`. Raises UsageError if there are no prices.
    """
    rates: dict[str, dict[str, Money]] = {kind.name: {} for kind in PRICED_KINDS}
    for kind, instance, hourly in _list_offers(region):
        previous = rates[kind].get(instance)  # of two offers for one instance take the higher price
        rates[kind][instance] = max(hourly, previous or hourly, key=lambda money: money.amount)
    if not any(rates.values()):
        raise UsageError(f"the AWS price list has no SageMaker jobs in {region}: is it a region, such as eu-west-1?")
    lines = ["prices:", f"  - region: {region}", f'    as_of: "{today}"', f"    source: {SOURCE}"]
    for kind, prices in ((kind, prices) for kind, prices in rates.items() if prices):
        lines += [f"    {kind}:", *(f"      {instance}: {prices[instance]}" for instance in sorted(prices))]
    return "\n".join(lines) + "\n"


def _list_offers(region: str) -> Iterator[tuple[str, str, Money]]:
    client = aws.client("pricing", ENDPOINT)
    filters = [{"Type": "TERM_MATCH", "Field": "regionCode", "Value": region}]
    kinds = {kind.price_usage: kind for kind in PRICED_KINDS}
    for page in client.get_paginator("get_products").paginate(ServiceCode="AmazonSageMaker", Filters=filters):
        for text in page["PriceList"]:
            offer = json.loads(text)
            usage = _USAGE.fullmatch(offer["product"]["attributes"].get("usagetype", ""))
            if usage and usage[2] in instances.list_job_instances(kinds[usage[1]]):
                yield from ((kinds[usage[1]].name, usage[2], hourly) for hourly in _list_hourly_prices(offer))


def _list_hourly_prices(offer: Any) -> Iterator[Money]:
    """Yield the on-demand prices of one hour, without the free tier's offers of 0."""
    for term in offer.get("terms", {}).get("OnDemand", {}).values():
        for dimension in term["priceDimensions"].values():
            for currency, amount in dimension["pricePerUnit"].items():
                price = parse_money(f"{amount} {currency}")
                if dimension["unit"] == "Hrs" and price.amount:
                    yield Money(amount=price.amount.normalize(), currency=currency)
