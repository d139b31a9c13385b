"""The AWS price list, asked online -> a price table as text. The only code that asks it.

Source: API reference of the Price List Query API, GetProducts. An hour of a job is the usage type `…Train:ml.g5.xlarge`
or `…Processing:ml.g5.xlarge` (as bills name it); warm pools, spot, plans and fees have others and are left alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from pushtrain import aws
from pushtrain.catalog import instances
from pushtrain.config.values.money import Money, parse_money
from pushtrain.errors import UsageError

SOURCE = "AWS Price List Query API, GetProducts, AmazonSageMaker"
ENDPOINT = "us-east-1"  # the API has few endpoints; each of them knows the prices of all regions of its partition
_USAGE = re.compile(r"(?:[A-Z0-9]+-)?(Train|Processing):(ml\.[a-z0-9.-]+)")
_KINDS = {"Train": "training", "Processing": "processing"}


def fetch_table(region: str, today: str) -> str:
    """A price table (YAML) of all training and processing instances in `region`. Raises UsageError when there are none.

    `today` is the date it is fetched on. Needs `pricing:GetProducts`.
    """
    rates: dict[str, dict[str, Money]] = {"training": {}, "processing": {}}
    for kind, instance, hourly in _offers(region):
        dearer = rates[kind].get(instance)  # two offers of one thing: the most it can cost is the dearer
        rates[kind][instance] = max(hourly, dearer or hourly, key=lambda money: money.amount)
    if not any(rates.values()):
        raise UsageError(f"the AWS price list has no SageMaker jobs in {region}: is it a region, such as eu-west-1?")
    lines = ["prices:", f"  - region: {region}", f'    as_of: "{today}"', f"    source: {SOURCE}"]
    for kind, known in rates.items():
        lines += [f"    {kind}:", *(f"      {instance}: {known[instance]}" for instance in sorted(known))]
    return "\n".join(lines) + "\n"


def _offers(region: str) -> Iterator[tuple[str, str, Money]]:
    client = aws.client("pricing", ENDPOINT)
    wanted = [{"Type": "TERM_MATCH", "Field": "regionCode", "Value": region}]
    known = {"training": instances.list_training_instances(), "processing": instances.list_processing_instances()}
    for page in client.get_paginator("get_products").paginate(ServiceCode="AmazonSageMaker", Filters=wanted):
        for text in page["PriceList"]:
            offer = json.loads(text)
            usage = _USAGE.fullmatch(offer["product"]["attributes"].get("usagetype", ""))
            if usage and usage[2] in known[_KINDS[usage[1]]]:
                yield from ((_KINDS[usage[1]], usage[2], hourly) for hourly in _hourly(offer))


def _hourly(offer: Any) -> Iterator[Money]:
    """On-demand prices of an hour that are not nothing; free tiers are offers of 0."""
    for term in offer.get("terms", {}).get("OnDemand", {}).values():
        for dimension in term["priceDimensions"].values():
            for currency, amount in dimension["pricePerUnit"].items():
                price = parse_money(f"{amount} {currency}")
                if dimension["unit"] == "Hrs" and price.amount:
                    yield Money(amount=price.amount.normalize(), currency=currency)
