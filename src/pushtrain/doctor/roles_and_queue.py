"""Checks the roles of runs and jobs, and the failure queue. Reads IAM and SQS."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pushtrain import aws
from pushtrain.doctor.finding import Finding
from pushtrain.doctor.remedies import suggest_deployment
from pushtrain.platform import Platform

MESSAGE_COUNT = "ApproximateNumberOfMessages"


def check_role(check: str, arn: str, service: str, platform: Platform) -> Iterator[Finding]:
    """Check that a role exists and that `service`, such as `states`, may assume it. botocore decodes its policy."""
    iam = aws.client("iam", platform.region)
    name = arn.rpartition("/")[2]
    try:
        trust_policy = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    except iam.exceptions.NoSuchEntityException:
        yield Finding.wrong(check, f"there is no role {name}", suggest_deployment(platform))
        return
    if f"{service}.amazonaws.com" in json.dumps(trust_policy):
        yield Finding.fine(check, name)
    else:
        message = f"{service}.amazonaws.com may not assume the role {name}"
        yield Finding.wrong(check, message, suggest_deployment(platform))


def check_failure_queue(platform: Platform) -> Iterator[Finding]:
    """Check that the failure queue exists and is empty. It holds the events that a handler could not process."""
    sqs = aws.client("sqs", platform.region)
    check = "failure queue"
    try:
        url = sqs.get_queue_url(QueueName=platform.failure_queue)["QueueUrl"]
    except sqs.exceptions.QueueDoesNotExist:
        yield Finding.wrong(check, f"there is no queue {platform.failure_queue}", suggest_deployment(platform))
        return
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[MESSAGE_COUNT])["Attributes"]
    waiting = int(attributes[MESSAGE_COUNT])
    if waiting:
        message = f"about {waiting} events that no handler could process wait in {platform.failure_queue}"
        fix = f"pushtrain push-failures list{platform.cli_option} shows the reasons; then replay them"
        yield Finding.wrong(check, message, fix)
    else:
        yield Finding.fine(check, f"{platform.failure_queue} is empty")
