"""Checks the way of a push: code bucket → push queue → handler. What fails each time goes to the failure queue.

Source: SQS API reference, GetQueueAttributes (RedrivePolicy and Policy are JSON documents); Lambda API reference,
ListEventSourceMappings, and developer guide, "Using Lambda with Amazon SQS": the visibility timeout of the queue should
be six times the timeout of the function. Reads SQS and Lambda.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pushtrain import aws
from pushtrain.doctor.finding import Finding
from pushtrain.doctor.remedies import suggest_deployment
from pushtrain.failures import PUSH
from pushtrain.platform import Platform

CHECK = "push queue"
ATTRIBUTES = ("ApproximateNumberOfMessages", "Policy", "RedrivePolicy", "VisibilityTimeout")
TIMEOUTS = 6  # how many timeouts of the function a message must stay hidden


def check_push_queue(platform: Platform) -> Iterator[Finding]:
    """Check that S3 may fill the queue, that Lambda empties it into the handler, and where failed messages go."""
    sqs = aws.client("sqs", platform.region)
    try:
        url = sqs.get_queue_url(QueueName=platform.push_queue)["QueueUrl"]
    except sqs.exceptions.QueueDoesNotExist:
        yield Finding.wrong(CHECK, f"there is no queue {platform.push_queue}", suggest_deployment(platform))
        return
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(ATTRIBUTES))["Attributes"]
    client = aws.client("lambda", platform.region)
    faults = [*_find_queue_faults(platform, attributes, client), *_find_mapping_faults(platform, client)]
    for fault in faults:
        yield Finding.wrong(CHECK, fault, suggest_deployment(platform))
    if not faults:
        count = attributes["ApproximateNumberOfMessages"]
        waiting = f"about {count} pushes wait" if count != "0" else "no push waits"
        yield Finding.fine(CHECK, f"{platform.push_queue} feeds {platform.function_name(PUSH)}; {waiting}")


def _find_queue_faults(platform: Platform, attributes: Mapping[str, str], client: Any) -> Iterator[str]:
    queue = platform.push_queue
    statements = json.loads(attributes.get("Policy", "{}")).get("Statement", [])
    senders = [statement.get("Principal") for statement in statements if platform.code_bucket in json.dumps(statement)]
    if {"Service": "s3.amazonaws.com"} not in senders:
        yield f"S3 may not send messages of {platform.code_bucket} to {queue}"
    target = json.loads(attributes.get("RedrivePolicy", "{}")).get("deadLetterTargetArn", "")
    if target.rpartition(":")[2] != platform.failure_queue:
        actual = f"to {target}" if target else "nowhere"
        yield f"messages of {queue} that fail each time go {actual}, not to {platform.failure_queue}"
    function, hidden = platform.function_name(PUSH), int(attributes["VisibilityTimeout"])
    timeout = client.get_function_configuration(FunctionName=function, Qualifier=platform.alias)["Timeout"]
    if hidden < TIMEOUTS * timeout:
        yield (
            f"{queue} delivers a message again after {hidden} seconds; {function} may take {timeout}, so at least "
            f"{TIMEOUTS * timeout} are needed"
        )


def _find_mapping_faults(platform: Platform, client: Any) -> Iterator[str]:
    mappings = client.list_event_source_mappings(
        EventSourceArn=platform.push_queue_arn, FunctionName=platform.function_arn(PUSH)
    )["EventSourceMappings"]
    if not mappings:
        yield f"no event source mapping hands messages of {platform.push_queue} to {platform.function_arn(PUSH)}"
    for mapping in mappings:
        if mapping["State"] not in {"Enabled", "Enabling", "Updating"}:
            yield f"the event source mapping {mapping['UUID']} of {platform.push_queue} is {mapping['State']}"
        if "ReportBatchItemFailures" not in mapping.get("FunctionResponseTypes", ()):
            yield f"the event source mapping {mapping['UUID']} does not report which messages failed"
