"""A sound installation as AWS describes it: the answer to every request of the doctor."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import metadata
from types import SimpleNamespace
from typing import Any

import boto3
from botocore.validate import validate_parameters
from msgspec.structs import replace

from pushtrain.doctor.event_rules import list_rule_targets
from pushtrain.platform import PLATFORM_VARIABLE, Platform

DEV = replace(Platform.local("dev"), topic="arn:aws:sns:us-east-1:123456789012:pushtrain-news")
VERSION = metadata.version("pushtrain")
CALLER = f"arn:aws:sts::{DEV.account}:assumed-role/operators/mina"
CREATED = datetime(2026, 11, 21, tzinfo=UTC)
QUEUE = f"https://sqs.us-east-1.amazonaws.com/{DEV.account}/pushtrain-failures"
MAPPING = "11111111-2222-3333-4444-555555555555"  # the UUID of an event source mapping
PUSH_QUEUE = QUEUE.replace("failures", "pushes")
DEPLOY = "deploy the platform again: make deploy ENVIRONMENT=dev"
Answer = Mapping[str, Any] | str  # the response of AWS, or the code of its error


def function(kind: str, **changes: Any) -> dict[str, Any]:
    configuration = {
        "FunctionName": f"pushtrain-{kind}",
        "Version": "7",
        "State": "Active",
        "LastUpdateStatus": "Successful",
        "Description": f"pushtrain {VERSION}",
        "Timeout": 300,
        "Environment": {"Variables": {PLATFORM_VARIABLE: DEV.to_json()}},
    }
    return configuration | changes


def notification(**changes: Any) -> dict[str, Any]:
    rules = [{"Name": "Prefix", "Value": "model-repos/"}, {"Name": "Suffix", "Value": "/config.yaml"}]
    configuration = {
        "QueueArn": DEV.push_queue_arn,
        "Events": ["s3:ObjectCreated:*"],
        "Filter": {"Key": {"FilterRules": rules}},
    }
    return {"QueueConfigurations": [configuration | changes]}


def push_queue(**changes: str) -> dict[str, Any]:
    policy = {"Statement": [{"Principal": {"Service": "s3.amazonaws.com"}, "Condition": DEV.code_bucket}]}
    redrive = {"deadLetterTargetArn": f"arn:aws:sqs:us-east-1:{DEV.account}:pushtrain-failures", "maxReceiveCount": 5}
    attributes = {
        "ApproximateNumberOfMessages": "0",
        "Policy": json.dumps(policy),
        "RedrivePolicy": json.dumps(redrive),
        "VisibilityTimeout": "1800",
    }
    return {"Attributes": attributes | changes}


def event_source_mapping(**changes: Any) -> dict[str, Any]:
    mapping = {"UUID": MAPPING, "State": "Enabled", "FunctionResponseTypes": ["ReportBatchItemFailures"]}
    return {"EventSourceMappings": [mapping | changes]}


def targets(arn: str, queue: str = "arn:aws:sqs:us-east-1:1:pushtrain-failures") -> dict[str, Any]:
    """The one target of a rule."""
    return {"Targets": [{"Id": "Target0", "Arn": arn, **({"DeadLetterConfig": {"Arn": queue}} if queue else {})}]}


def role_of(service: str) -> dict[str, Any]:
    role = {
        "Path": "/",
        "RoleName": f"of-{service}",
        "RoleId": "A" * 16,
        "Arn": "arn:aws:iam::1:role/x",
        "CreateDate": CREATED,
    }
    trust = {"Statement": [{"Principal": {"Service": f"{service}.amazonaws.com"}}]}
    return {"Role": role | {"AssumeRolePolicyDocument": json.dumps(trust)}}


def definition(instance: str = "ml.m5.large", count: int = 1) -> str:
    instances = {"InstanceType": instance, "InstanceCount": count}
    parameters = {"ResourceConfig": instances, "StoppingCondition": {"MaxRuntimeInSeconds": 60}}
    job = {"Type": "Task", "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync", "Parameters": parameters}
    return json.dumps({"StartAt": "train", "States": {"train": {**job, "End": True}}})


def state_machine(text: str) -> dict[str, Any]:
    arn = f"arn:aws:states:us-east-1:{DEV.account}:stateMachine:pushtrain-churn"
    return {
        "stateMachineArn": arn,
        "name": "pushtrain-churn",
        "definition": text,
        "roleArn": DEV.states_role,
        "type": "STANDARD",
        "creationDate": CREATED,
    }


def state_machine_list() -> dict[str, Any]:
    summary = {key: state_machine("")[key] for key in ("stateMachineArn", "name", "type", "creationDate")}
    return {"stateMachines": [summary, summary | {"name": "theirs"}, summary | {"name": "pushtrain_score"}]}


def sound_installation() -> dict[str, Answer]:
    """Answers by `Operation` or `Operation of PARAMETER`, such as `GetRole of pushtrain-jobs`."""
    destination = {"DestinationConfig": {"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:1:pushtrain-failures"}}}
    return {
        "GetCallerIdentity": {"Account": DEV.account, "Arn": CALLER},
        "GetBucketVersioning": {"Status": "Enabled"},
        "GetBucketNotificationConfiguration": notification(),
        **{
            f"GetFunctionConfiguration of pushtrain-{kind}": function(kind)
            for kind in ("push", "approval", "run-end", "decide", "replay")
        },
        "GetFunctionEventInvokeConfig": destination,
        "GetRole of pushtrain-states": role_of("states"),
        "GetRole of pushtrain-jobs": role_of("sagemaker"),
        "GetQueueUrl of pushtrain-failures": {"QueueUrl": QUEUE},
        "GetQueueUrl of pushtrain-pushes": {"QueueUrl": PUSH_QUEUE},
        f"GetQueueAttributes of {QUEUE}": {"Attributes": {"ApproximateNumberOfMessages": "0"}},
        f"GetQueueAttributes of {PUSH_QUEUE}": push_queue(),
        "ListEventSourceMappings": event_source_mapping(),
        "DescribeRule": {"State": "ENABLED"},
        **{f"ListTargetsByRule of {name}": targets(arn) for name, arn in list_rule_targets(DEV).items()},
        "ListStateMachines": state_machine_list(),
        "DescribeStateMachine": state_machine(definition()),
    }


class Installation:
    """An AWS that answers from a table. A request that is not in the table fails the test."""

    def __init__(self) -> None:
        self.answers = sound_installation()

    def client(self, service: str, region: str | None = None) -> Any:
        client: Any = boto3.client(  # type: ignore[call-overload]
            service, region_name=region or "us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
        client.meta.events.register("before-parameter-build", self._note_parameters)
        client.meta.events.register("before-call", self._answer)
        return client

    def _note_parameters(self, params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        context["parameters"] = [str(value) for value in params.values()]

    def _answer(self, model: Any, context: dict[str, Any], **_: Any) -> tuple[Any, Any]:
        keys = [model.name, *(f"{model.name} of {parameter}" for parameter in context["parameters"])]
        answer = next(self.answers[key] for key in reversed(keys) if key in self.answers)
        if isinstance(answer, str):
            return SimpleNamespace(status_code=400), {"Error": {"Code": answer, "Message": "no"}}
        validate_parameters(answer, model.output_shape)
        return SimpleNamespace(status_code=200), copy.deepcopy(dict(answer))
