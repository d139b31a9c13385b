"""A sound definition against the platform it will run on: who it works as, what it may call, where its jobs run. Pure.

In: a definition that `check` found sound, and a Platform. Out: every problem, each naming its state. IAM would refuse
most of this too, but only when the state is reached, which may be after hours of training.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pushtrain.catalog import expression, instances
from pushtrain.errors import TemplateError
from pushtrain.platform import Platform
from pushtrain.workflow.check import iterate_states

# What the platform's states role may do: `states_grants` of the CDK application holds the same, and a test compares.
PERMITTED_ACTIONS = {
    "sagemaker:createProcessingJob",
    "sagemaker:createTrainingJob",
    "aws-sdk:s3:getObject",
    "aws-sdk:sagemaker:createModelPackage",
}
INSTANCE_SETTINGS = {
    "ProcessingJobName": ("ProcessingResources", "ClusterConfig"),
    "TrainingJobName": ("ResourceConfig",),
}
OUTPUT_SETTINGS = {"ProcessingJobName": "ProcessingOutputConfig", "TrainingJobName": "OutputDataConfig"}

Request = Mapping[str, Any]


def check_platform(definition: Mapping[str, Any], platform: Platform, model: str) -> None:
    """Raise TemplateError, listing every problem, unless the platform lets `definition` do what it does."""
    if problems := find_platform_problems(definition, platform, model):
        lines = "\n".join(f"  {problem}" for problem in problems)
        raise TemplateError(f"the template built a definition that this platform does not allow:\n{lines}")


def find_platform_problems(definition: Mapping[str, Any], platform: Platform, model: str) -> list[str]:
    """Return every problem: tasks, roles, names, network and keys."""
    tasks = [
        (name, state)
        for scope in iterate_states(definition)
        for name, state in scope.items()
        if isinstance(state, Mapping) and state.get("Type") == "Task"
    ]
    return [f"{name!r}: {text}" for name, state in tasks for text in _task(state, platform, model)]


def _task(state: Mapping[str, Any], platform: Platform, model: str) -> Iterator[str]:
    if "Credentials" in state:
        yield "Credentials: a run works as the platform's states role, not as another"
    action = str(state.get("Resource", "")).partition(":states:::")[2].removesuffix(".sync")
    if action not in PERMITTED_ACTIONS:
        permitted = ", ".join(sorted(PERMITTED_ACTIONS))
        yield f"Resource: a run may not call {state.get('Resource')!r}. It may call {permitted}"
        return
    request = state.get("Parameters", {})
    if action.startswith("sagemaker:"):
        yield from (f"Parameters.{text}" for text in _job(request, platform))
    elif action.endswith("createModelPackage"):
        yield from _must_be(request, "ModelPackageGroupName", model)
        yield from _must_be(request, "ModelApprovalStatus", "PendingManualApproval")
    else:
        yield from _must_be(request, "Bucket", platform.artifact_bucket)


def _must_be(request: Request, member: str, value: str) -> Iterator[str]:
    if request.get(member) != value:
        yield f"Parameters.{member} must be {value!r}, written as it is, not {_written(request, member)!r}"


def _written(request: Request, member: str) -> object:
    """What the request says, be it a value or how to compute one."""
    return request.get(member, request.get(f"{member}.$"))


def _job(request: Request, platform: Platform) -> Iterator[str]:
    """A job works as the platform's job role, has a name that IAM lets through, and is no looser than the platform."""
    if request.get("RoleArn") != platform.job_role:
        yield f"RoleArn must be the platform's job role, {platform.job_role}, not {_written(request, 'RoleArn')!r}"
    kind = next((name for name in INSTANCE_SETTINGS if name in request or f"{name}.$" in request), "TrainingJobName")
    written = str(_written(request, kind))
    name = str(request.get(kind) or expression.read_format_template(written) or written)
    if not name.startswith(f"{platform.prefix}-"):
        yield f"{kind} must begin with {platform.prefix + '-'!r}, the platform's prefix, not {name!r}"
    yield from _network(request.get("NetworkConfig", request), platform)
    if platform.kms_key:
        yield from _keys(request, kind, platform.kms_key)


def _network(network: Request, platform: Platform) -> Iterator[str]:
    for member, wanted in (
        ("EnableNetworkIsolation", platform.isolation),
        ("EnableInterContainerTrafficEncryption", platform.encrypt_between_containers),
    ):
        if wanted and network.get(member) is not True:
            yield f"{member} must be true, as the platform asks"
    vpc = network.get("VpcConfig", {})
    for member, ours in (("Subnets", platform.subnets), ("SecurityGroupIds", platform.security_groups)):
        found = vpc.get(member) or [None]
        if ours and not set(found) <= set(ours):
            yield f"VpcConfig.{member} must be among the platform's: {', '.join(ours)}"


def _keys(request: Request, kind: str, key: str) -> Iterator[str]:
    """SageMaker refuses a volume key on machines whose disks encrypt themselves."""
    machines: Any = request
    for member in INSTANCE_SETTINGS[kind]:
        machines = machines.get(member, {})
    own_disk = instances.has_local_storage(str(machines.get("InstanceType", "")))
    if machines.get("VolumeKmsKeyId") not in ({None} if own_disk else {key}):
        yield f"{'.'.join(INSTANCE_SETTINGS[kind])}.VolumeKmsKeyId must be the platform's key, {key}"
    if request.get(OUTPUT_SETTINGS[kind], {}).get("KmsKeyId") != key:
        yield f"{OUTPUT_SETTINGS[kind]}.KmsKeyId must be the platform's key, {key}"
