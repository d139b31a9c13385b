"""Calls of AWS -> what IAM asks for. One entry for each operation: an operation that is not here fails the test.

Source: Service Authorization Reference; S3: with s3:ListBucket a missing key is 404, without it 403; KMS: S3 and SNS
use the key in the caller's name.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import unquote

import pytest

from infra.names import Names
from pushtrain import aws
from pushtrain.catalog.job_fields import list_instance_types, read_path
from pushtrain.catalog.job_kind import JobKind
from pushtrain.catalog.job_kinds import BY_AWS_NAME
from tests.infra.evaluator import Need
from tests.infra.template_view import KEY_ID

STATUS = "ModelApprovalStatus"
READS, WRITES = ("GetObject", "HeadObject"), ("PutObject", "CreateMultipartUpload", "UploadPart")
PARTS = ("UploadPartCopy", "CompleteMultipartUpload")
# What `.sync` does beside the call itself. Source: Step Functions developer guide, IAM policies for SageMaker.
SYNC = ("Describe{}Job", "Stop{}Job", "AddTags", "ListTags")
RESOURCES = {
    "Training": "training-job",
    "Transform": "transform-job",
    "Processing": "processing-job",
    "HyperParameterTuning": "hyper-parameter-tuning-job",
}
RULE = ("DescribeRule", "PutRule", "PutTargets")


@dataclass(frozen=True)
class Call:
    """One call that was made: service, operation, parameters, and the error code it was answered with."""

    service: str
    operation: str
    params: Mapping[str, Any]
    error: str


@contextmanager
def recording() -> Iterator[list[Call]]:
    """The calls of all clients that this thread makes meanwhile; the engine makes its own in other threads."""
    calls: list[Call] = []
    original, here = aws.client, threading.current_thread()

    def keep(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        context["recorded"] = dict(params)

    def note(model: Any, parsed: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        error = parsed.get("Error", {}).get("Code", "")
        calls.append(Call(model.service_model.service_name, model.name, context["recorded"], error))

    @cache
    def create(service: str, region: str | None) -> Any:
        client = aws.create_client(service, region)
        client.meta.events.register_first("before-parameter-build", keep)
        client.meta.events.register("after-call", note)
        return client

    def client(service: str, region: str | None = None, *, seconds: float | None = None) -> Any:
        if threading.current_thread() is not here:
            return original(service, region, seconds=seconds)
        return create(service, region)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aws, "client", client)
        yield calls


def describe_job(kind: JobKind, request: Mapping[str, Any]) -> dict[str, str | tuple[str, ...]]:
    """The condition keys of a request that creates a job."""
    network = read_path(request, kind.network) if kind.network is not None else {}
    vpc = network.get("VpcConfig", {})
    debug = request.get("RemoteDebugConfig", {}).get("EnableRemoteDebug")
    values: dict[str, Any] = {
        "VpcSubnets": tuple(vpc.get("Subnets", ())),
        "VpcSecurityGroupIds": tuple(vpc.get("SecurityGroupIds", ())),
        "NetworkIsolation": str(network.get("EnableNetworkIsolation", False)).lower(),
        "InterContainerTrafficEncryption": str(network.get("EnableInterContainerTrafficEncryption", False)).lower(),
        "OutputKmsKey": read_path(request, kind.outputs).get("KmsKeyId"),
        "VolumeKmsKey": read_path(request, kind.instances).get("VolumeKmsKeyId"),
        "EnableRemoteDebug": None if debug is None else str(debug).lower(),
        "InstanceTypes": list_instance_types(read_path(request, kind.instances)),
    }
    return {f"sagemaker:{name}": value for name, value in values.items() if value}


class Needs:
    """What IAM asks for, for the resources of one stack."""

    def __init__(self, names: Names, key: str = "") -> None:
        self.names = names
        self.key = key or names.arn("kms", f"key/{KEY_ID}")

    def of(self, call: Call) -> list[Need]:
        """All actions that a call needs."""
        services: dict[str, Callable[[Call], list[Need]]] = {
            "s3": self._s3,
            "stepfunctions": self._states,
            "sagemaker": self._sagemaker,
            "sns": self._sns,
            "logs": self._logs,
            "ecr": self._ecr,
        }
        return services[call.service](call)

    def use_key(self, action: str, service: str = "s3") -> Need:
        """The platform's key, in the name of whoever makes a service use it."""
        via = {"kms:ViaService": f"{service}.{self.names.settings.region}.amazonaws.com"}
        return Need(f"kms:{action}", self.key, via)

    def read(self, bucket: str, key: str, version: str = "") -> list[Need]:
        """An object that is there."""
        action = "s3:GetObjectVersion" if version else "s3:GetObject"
        return [Need(action, f"arn:aws:s3:::{bucket}/{key}"), self.use_key("Decrypt")]

    def write(self, bucket: str, key: str) -> list[Need]:
        """An object."""
        return [Need("s3:PutObject", f"arn:aws:s3:::{bucket}/{key}"), self.use_key("GenerateDataKey")]

    def pass_role(self, role: str, service: str) -> Need:
        """A role handed to a service."""
        return Need("iam:PassRole", role, {"iam:PassedToService": f"{service}.amazonaws.com"})

    def job(self, kind: str, request: Mapping[str, Any]) -> Iterator[Need]:
        """What the role of runs needs for a job, `Training`, `Processing` or a tuning job, that a run waits for."""
        role = read_path(request, BY_AWS_NAME[kind].role)
        arn = self.names.arn("sagemaker", f"{RESOURCES[kind]}/{request[f'{kind}JobName']}")
        yield Need(f"sagemaker:Create{kind}Job", arn, describe_job(BY_AWS_NAME[kind], request))
        yield from (Need(f"sagemaker:{action.format(kind)}", arn) for action in SYNC)
        if BY_AWS_NAME[kind].role:  # a transform job has the role of its model
            yield self.pass_role(str(role), "sagemaker")
        word = "Tuning" if kind == "HyperParameterTuning" else kind
        rule = self.names.arn("events", f"rule/StepFunctionsGetEventsForSageMaker{word}JobsRule")
        yield from (Need(f"events:{action}", rule) for action in RULE)

    def model(self, request: Mapping[str, Any]) -> Iterator[Need]:
        """What the role of runs needs to create the model of a serving test."""
        arn = self.names.arn("sagemaker", f"model/{request['ModelName']}")
        vpc = request.get("VpcConfig", {})
        values: dict[str, Any] = {
            "VpcSubnets": tuple(vpc.get("Subnets", ())),
            "VpcSecurityGroupIds": tuple(vpc.get("SecurityGroupIds", ())),
            "NetworkIsolation": str(request.get("EnableNetworkIsolation", False)).lower(),
        }
        yield Need(
            "sagemaker:CreateModel", arn, {f"sagemaker:{name}": value for name, value in values.items() if value}
        )
        yield Need("sagemaker:AddTags", arn)
        yield self.pass_role(request["ExecutionRoleArn"], "sagemaker")

    def _s3(self, call: Call) -> list[Need]:
        bucket, key = call.params["Bucket"], call.params.get("Key", "")
        if call.operation == "ListObjectsV2":
            return [Need("s3:ListBucket", f"arn:aws:s3:::{bucket}", {"s3:prefix": call.params["Prefix"]})]
        if call.operation == "ListObjectVersions":
            return [Need("s3:ListBucketVersions", f"arn:aws:s3:::{bucket}", {"s3:prefix": call.params["Prefix"]})]
        if call.operation in READS:
            absent = [Need("s3:ListBucket", f"arn:aws:s3:::{bucket}")] if call.error in {"404", "NoSuchKey"} else []
            return [*self.read(bucket, key, call.params.get("VersionId", "")), *absent]
        if call.operation == "PutObjectTagging":
            return [Need("s3:PutObjectTagging", f"arn:aws:s3:::{bucket}/{key}")]
        if call.operation in WRITES:
            return self.write(bucket, key)
        if call.operation == "CopyObject" or call.operation in PARTS:
            read = self._copied(call.params["CopySource"]) if "CopySource" in call.params else []
            # Parts are read back under the key when they are put together; given up when one of them fails.
            parts = [self.use_key("Decrypt"), Need("s3:AbortMultipartUpload", f"arn:aws:s3:::{bucket}/{key}")]
            return [*read, *self.write(bucket, key), *(parts if call.operation in PARTS else [])]
        raise NotImplementedError(call.operation)

    def _copied(self, source: str) -> list[Need]:
        """`bucket/key?versionId=...`, URL-encoded: botocore has written it so by then."""
        location, _, version = source.partition("?versionId=")
        bucket, _, key = unquote(location).partition("/")
        return self.read(bucket, key, version)

    def _states(self, call: Call) -> list[Need]:
        params, action = call.params, f"states:{call.operation}"
        if call.operation == "ListStateMachines":
            return [Need(action, "*")]
        names = {"TagResource": "resourceArn", "DeleteStateMachineVersion": "stateMachineVersionArn"}
        if call.operation in {"DescribeStateMachine", "StartExecution", "ListExecutions", *names}:
            return [Need(action, params[names.get(call.operation, "stateMachineArn")])]
        of_execution = {"DescribeExecution", "DescribeStateMachineForExecution", "GetExecutionHistory", "StopExecution"}
        if call.operation in of_execution:
            return [Need(action, params["executionArn"])]
        if call.operation not in {"CreateStateMachine", "UpdateStateMachine"}:
            raise NotImplementedError(call.operation)
        arn = params.get("stateMachineArn") or self.names.arn("states", f"stateMachine:{params['name']}")
        publish = [Need("states:PublishStateMachineVersion", arn)] if params.get("publish") else []
        tag = [Need("states:TagResource", arn)] if params.get("tags") else []
        return [Need(action, arn), self.pass_role(params["roleArn"], "states"), *publish, *tag]

    def _sagemaker(self, call: Call) -> list[Need]:
        params, action = call.params, f"sagemaker:{call.operation}"
        if call.operation == "ListModelPackageGroups":
            return [Need(action, "*")]
        status = {"sagemaker:ModelApprovalStatus": params["ModelApprovalStatus"]} if STATUS in params else {}
        metadata = params.get("CustomerMetadataProperties", {}).items()
        context = status | {f"sagemaker:CustomerMetadataProperties/{key}": text for key, text in metadata}
        if removed := params.get("CustomerMetadataPropertiesToRemove"):
            context["sagemaker:CustomerMetadataPropertiesToRemove"] = tuple(removed)
        needs = [Need(action, arn, context) for arn in self._sagemaker_resources(call)]
        return needs + [Need("sagemaker:AddTags", need.resource) for need in needs if params.get("Tags")]

    def _sagemaker_resources(self, call: Call) -> list[str]:
        params = call.params
        group = f"model-package-group/{params.get('ModelPackageGroupName')}"
        search = f"hyper-parameter-tuning-job/{params.get('HyperParameterTuningJobName')}"
        first = f"model-package/{params.get('ModelPackageGroupName')}/1"
        named: dict[str, list[str]] = {
            "DescribeModelPackageGroup": [group],
            "CreateModelPackageGroup": [group],
            "CreateModelPackage": [first, group],
            "ListModelPackages": [first],
            "DescribeModelPackage": [str(params.get("ModelPackageName")).rpartition(":")[2]],
            "UpdateModelPackage": [str(params.get("ModelPackageArn")).rpartition(":")[2]],
            "DescribeHyperParameterTuningJob": [search],
            "ListTrainingJobsForHyperParameterTuningJob": [search],
            "DescribeTrainingJob": [f"training-job/{params.get('TrainingJobName')}"],
            "DescribeProcessingJob": [f"processing-job/{params.get('ProcessingJobName')}"],
            "DescribeTransformJob": [f"transform-job/{params.get('TransformJobName')}"],
            "DeleteModel": [f"model/{params.get('ModelName')}"],
        }
        if call.operation not in named:
            raise NotImplementedError(call.operation)
        return [self.names.arn("sagemaker", resource) for resource in named[call.operation]]

    def _logs(self, call: Call) -> list[Need]:
        stream = f"log-stream:{call.params.get('logStreamName', '')}"
        return [
            Need(f"logs:{call.operation}", self.names.arn("logs", f"log-group:{call.params['logGroupName']}:{stream}"))
        ]

    def _ecr(self, call: Call) -> list[Need]:
        if call.operation != "BatchGetImage":
            raise NotImplementedError(call.operation)
        repository = f"repository/{call.params['repositoryName']}"
        return [Need("ecr:BatchGetImage", self.names.arn("ecr", repository, call.params["registryId"]))]

    def _sns(self, call: Call) -> list[Need]:
        if call.operation != "Publish":
            raise NotImplementedError(call.operation)
        key = [self.use_key("GenerateDataKey", "sns"), self.use_key("Decrypt", "sns")]
        return [Need("sns:Publish", call.params["TopicArn"]), *key]
