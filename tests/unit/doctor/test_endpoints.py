"""Handlers in a VPC: the endpoints that it lacks are named; without a VPC there is nothing to check."""

from __future__ import annotations

from typing import Any

import pytest

from pushtrain.doctor.endpoints import CHECK, ENDPOINTS, check_endpoints
from pushtrain.doctor.finding import Finding
from tests.unit.doctor.aws_answers import DEV, Installation, function

FUNCTION = "GetFunctionConfiguration of pushtrain-push"


@pytest.fixture
def in_vpc(installation: Installation) -> Installation:
    installation.answers[FUNCTION] = function("push", VpcConfig={"VpcId": "vpc-1"})
    installation.answers["DescribeVpcEndpoints"] = endpoints(*ENDPOINTS)
    return installation


def endpoints(*services: str, state: str = "available", region: str = "us-east-1") -> dict[str, Any]:
    names = [f"com.amazonaws.{region}.{service}" for service in services]
    return {"VpcEndpoints": [{"ServiceName": name, "State": state} for name in names]}


def test_a_vpc_with_every_endpoint_is_fine(in_vpc: Installation) -> None:
    message = "vpc-1 has those of all services that the handlers call"
    assert list(check_endpoints(DEV)) == [Finding.fine(CHECK, message)]


def test_missing_endpoints_are_named_but_fail_nothing(in_vpc: Installation) -> None:
    in_vpc.answers["DescribeVpcEndpoints"] = endpoints("s3", "sagemaker.api", "sqs", "lambda", "logs")
    message = "vpc-1 has no endpoint of ecr.api, sns, states: the handlers reach them only through NAT"
    fix = "create these endpoints if the subnets of `handler_network` have no NAT"
    assert list(check_endpoints(DEV)) == [Finding.note(CHECK, message, fix)]


@pytest.mark.parametrize("change", [{"state": "pending"}, {"region": "eu-west-1"}])
def test_an_endpoint_that_is_not_ready_or_of_another_region_does_not_count(
    in_vpc: Installation, change: dict[str, str]
) -> None:
    in_vpc.answers["DescribeVpcEndpoints"] = endpoints(*ENDPOINTS, **change)
    [finding] = check_endpoints(DEV)
    assert finding.message.startswith(f"vpc-1 has no endpoint of {', '.join(ENDPOINTS)}:")


@pytest.mark.parametrize("answer", ["ResourceNotFoundException", function("push")])
def test_without_a_vpc_or_a_handler_there_is_nothing_to_check(installation: Installation, answer: Any) -> None:
    installation.answers[FUNCTION] = answer
    assert list(check_endpoints(DEV)) == []
