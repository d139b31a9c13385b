"""The roles that runs and jobs work with, and the failure queue. Reads IAM and SQS."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pushtrain import aws
from pushtrain.doctor.finding import Finding, fine, wrong
from pushtrain.doctor.remedies import deploy
from pushtrain.platform import Platform

DEPTH = "ApproximateNumberOfMessages"


def role(check: str, arn: str, service: str, platform: Platform) -> Iterator[Finding]:
    """A role that is there, and that its service may take; botocore decodes the trust policy."""
    iam = aws.client("iam", platform.region)
    name = arn.rpartition("/")[2]
    try:
        trust = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    except iam.exceptions.NoSuchEntityException:
        yield wrong(check, f"there is no role {name}", deploy(platform))
        return
    if f"{service}.amazonaws.com" in json.dumps(trust):
        yield fine(check, name)
    else:
        yield wrong(check, f"{service}.amazonaws.com may not take the role {name}", deploy(platform))


def queue(platform: Platform) -> Iterator[Finding]:
    """The queue of what no handler could take in, which should be empty."""
    sqs = aws.client("sqs", platform.region)
    check = "failure queue"
    try:
        url = sqs.get_queue_url(QueueName=platform.failure_queue)["QueueUrl"]
    except sqs.exceptions.QueueDoesNotExist:
        yield wrong(check, f"there is no queue {platform.failure_queue}", deploy(platform))
        return
    waiting = int(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[DEPTH])["Attributes"][DEPTH])
    if waiting:
        said = f"about {waiting} events that no handler could take in wait in {platform.failure_queue}"
        yield wrong(check, said, f"pushtrain push-failures list{platform.cli_option} tells why; then replay them")
    else:
        yield fine(check, f"{platform.failure_queue} is empty")
