from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from pushtrain.cost import EndedJob, add_costs, compute_actual_cost, compute_job_cost, parse_prices

PRICES = parse_prices(
    b"""
prices:
  - region: eu-west-1
    as_of: '2026-11-01'
    source: a page
    training: {ml.g5.xlarge: 1.50 USD}
    processing: {ml.m5.large: 0.12 USD}
""",
    file="prices.yaml",
)


def training(**changes: Any) -> EndedJob:
    machines = {"InstanceType": "ml.g5.xlarge", "InstanceCount": 2}
    return EndedJob(kind="training", described={"ResourceConfig": machines, **changes}, seconds=7200)


PROCESSING = EndedJob(
    kind="processing",
    described={"ProcessingResources": {"ClusterConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1}}},
    seconds=1800.5,
)


def test_machines_times_billed_time_and_what_has_no_billed_time_from_start_to_end() -> None:
    assert (
        str(compute_actual_cost([training(BillableTimeInSeconds=1800), PROCESSING], PRICES, "eu-west-1")) == "1.57 USD"
    )


def test_one_price_that_is_not_known_makes_the_sum_unknown() -> None:
    assert compute_actual_cost([training(), PROCESSING], PRICES, "us-east-1") is None
    groups = {"ResourceConfig": {"InstanceGroups": [{"InstanceType": "ml.g5.xlarge", "InstanceCount": 1}]}}
    assert compute_actual_cost([training(**groups)], PRICES, "eu-west-1") is None
    assert compute_actual_cost([], PRICES, "eu-west-1") is None


def test_the_sum_has_the_date_of_the_oldest_price() -> None:
    cost = compute_job_cost(PROCESSING, PRICES, "eu-west-1")
    assert cost
    assert (str(round(cost.money.amount, 6)), cost.as_of) == ("0.060017", "2026-11-01")
    total = add_costs([cost, replace(cost, as_of="2026-10-31")])
    assert total
    assert (str(total.money), total.as_of) == ("0.13 USD", "2026-10-31")
    assert add_costs([cost, None]) is None
    assert add_costs([]) is None


def test_a_job_for_which_aws_had_no_instance_costs_nothing() -> None:
    reason = "CapacityError: Unable to provision requested ML compute capacity"
    assert str(compute_actual_cost([training(FailureReason=reason)], PRICES, "eu-west-1")) == "0.00 USD"
    has_trained = training(FailureReason=reason, TrainingStartTime=1.0)
    assert str(compute_actual_cost([has_trained], PRICES, "eu-west-1")) == "6.00 USD"
