"""The AWS price list, as its API answers, becomes a price table."""

from __future__ import annotations

import json

import boto3
import pytest
from botocore.stub import Stubber

from pushtrain import aws
from pushtrain.cost import parse_prices
from pushtrain.cost.aws_price_list import fetch_table
from pushtrain.errors import UsageError

EXPECTED = {
    "ServiceCode": "AmazonSageMaker",
    "Filters": [{"Type": "TERM_MATCH", "Field": "regionCode", "Value": "eu-west-1"}],
}


def offer(usage: str, amount: str, unit: str = "Hrs", terms: str = "OnDemand") -> str:
    dimension = {"unit": unit, "pricePerUnit": {"USD": amount}}
    return json.dumps(
        {
            "product": {"attributes": {"usagetype": usage, "regionCode": "eu-west-1"}},
            "terms": {terms: {"SKU.X": {"priceDimensions": {"SKU.X.Y": dimension}}}},
        }
    )


OFFERS = [
    offer("EU-Train:ml.m5.xlarge", "0.2570000000"),
    offer("EU-Train:ml.m5.xlarge", "0.0000000000"),
    offer("EU-Processing:ml.m5.large", "0.1280000000"),
    offer("EU-Processing:ml.m5.large", "0.1270000000"),
    offer("EU-SpotTrain:ml.g5.xlarge", "0.9000000000"),
    offer("EU-TrainingPlanUpfrontFee:ml.p4d.24xlarge", "13.5700000000", "Quantity"),
    offer("EU-Train:ml.p4d.24xlarge", "13.5700000000", "Quantity"),
    offer("EU-Train:ml.g5.xlarge", "0.5000000000", terms="Reserved"),
    offer("EU-Host:ml.g5.xlarge", "1.5000000000"),
    offer("EU-Train:ml.m99.xlarge", "1.0000000000"),
    '{"product": {"attributes": {}}}',
]


def answering(monkeypatch: pytest.MonkeyPatch, *pages: list[str]) -> Stubber:
    client = boto3.client("pricing", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    stub = Stubber(client)
    for index, page in enumerate(pages):
        token = {"NextToken": str(index)} if index else {}
        more = {"NextToken": str(index + 1)} if index + 1 < len(pages) else {}
        stub.add_response("get_products", {"PriceList": page, **more}, EXPECTED | token)
    monkeypatch.setattr(aws, "client", lambda service, region: client)
    stub.activate()
    return stub


def test_hours_of_training_and_processing_on_demand_are_kept_the_dearer_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    stub = answering(monkeypatch, OFFERS[:3], OFFERS[3:])
    text = fetch_table("eu-west-1", "2026-04-01")
    stub.assert_no_pending_responses()
    (sheet,) = parse_prices(text.encode(), file="prices.yaml").list_sheets()
    assert {
        kind: {name: str(money) for name, money in rates.items()}
        for kind, rates in sheet.rates_by_kind.items()
        if rates
    } == {
        "training": {"ml.m5.xlarge": "0.257 USD"},
        "processing": {"ml.m5.large": "0.128 USD"},
    }
    assert (sheet.region, sheet.as_of) == ("eu-west-1", "2026-04-01")


def test_a_region_without_prices_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, [])
    with pytest.raises(UsageError) as told:
        fetch_table("eu-west-1", "2026-04-01")
    assert (
        str(told.value) == "the AWS price list has no SageMaker jobs in eu-west-1: is it a region, such as eu-west-1?"
    )
