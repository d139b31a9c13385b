"""Checks the VPC of the handlers, if they have one: which endpoints of AWS services it lacks.

Source: Lambda API reference, GetFunctionConfiguration (VpcConfig), and EC2 API reference, DescribeVpcEndpoints
(ServiceName such as com.amazonaws.eu-west-1.states, State `available`). Reads Lambda and EC2.
"""

from __future__ import annotations

from collections.abc import Iterator

from pushtrain import aws
from pushtrain.doctor.finding import Finding
from pushtrain.failures import PUSH
from pushtrain.platform import Platform

CHECK = "VPC endpoints"
# What the code of the handlers calls. Lambda itself writes their logs and traces, and S3, SNS and SQS use the key.
ENDPOINTS = ("ecr.api", "lambda", "logs", "s3", "sagemaker.api", "sns", "sqs", "states")


def check_endpoints(platform: Platform) -> Iterator[Finding]:
    """Check the endpoints of the VPC of the handlers. Without one, a handler waits until its time limit."""
    client = aws.client("lambda", platform.region)
    try:
        configuration = client.get_function_configuration(
            FunctionName=platform.function_name(PUSH), Qualifier=platform.alias
        )
    except client.exceptions.ResourceNotFoundException:
        return  # the check of the handler reports it
    vpc = configuration.get("VpcConfig", {}).get("VpcId")
    if not vpc:
        return
    services = _list_services(platform, vpc)
    missing = [service for service in ENDPOINTS if f"{platform.region}.{service}" not in services]
    if missing:
        message = f"{vpc} has no endpoint of {', '.join(missing)}: the handlers reach them only through NAT"
        yield Finding.note(CHECK, message, "create these endpoints if the subnets of `handler_network` have no NAT")
    else:
        yield Finding.fine(CHECK, f"{vpc} has those of all services that the handlers call")


def _list_services(platform: Platform, vpc: str) -> set[str]:
    """Return region and service of each available endpoint: `eu-west-1.states`."""
    pages = aws.client("ec2", platform.region).get_paginator("describe_vpc_endpoints")
    in_vpc = [{"Name": "vpc-id", "Values": [vpc]}]
    endpoints = (endpoint for page in pages.paginate(Filters=in_vpc) for endpoint in page["VpcEndpoints"])
    return {
        endpoint["ServiceName"].partition("amazonaws.")[2]
        for endpoint in endpoints
        if endpoint["State"].lower() == "available"
    }
