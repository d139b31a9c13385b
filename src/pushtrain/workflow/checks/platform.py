"""A definition against the platform that it will run on: permissions, roles, names, network, keys. Pure.

In: a definition without problems of `checks.definition`, and a Platform. Out: every problem, each with the name of its
state. IAM would refuse most of them too, but only when the run comes to the state, perhaps after hours of training.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pushtrain.catalog import expression
from pushtrain.catalog.instances import find_hardware
from pushtrain.catalog.job_fields import list_instance_types, read_path
from pushtrain.catalog.job_kind import JobKind
from pushtrain.catalog.job_kinds import BY_ACTION
from pushtrain.decide import is_serving_payload, read_conditions
from pushtrain.errors import TemplateError
from pushtrain.platform import Platform
from pushtrain.workflow.definition import iterate_states
from pushtrain.workflow.images import find_image_problem
from pushtrain.workflow.instance_types import find_instance_problem
from pushtrain.workflow.runtime_values import CHAMPION_IMAGE, RUN
from pushtrain.workflow.tags import find_tag_problems

# The platform's states role may do the same: a test compares these with `states_grants` of the CDK application.
PERMITTED_ACTIONS = {
    *(f"sagemaker:{action}" for action in BY_ACTION),
    "aws-sdk:sagemaker:createModelPackage",
    "aws-sdk:sagemaker:deleteModel",
    "sagemaker:createModel",
    "lambda:invoke",
}

Request = Mapping[str, Any]


def check_platform(definition: Mapping[str, Any], platform: Platform, model: str) -> None:
    """Raise TemplateError, with every problem, if the platform does not allow `definition`."""
    if problems := find_platform_problems(definition, platform, model):
        lines = "\n".join(f"  {problem}" for problem in problems)
        raise TemplateError(f"the template built a definition that this platform does not allow:\n{lines}")


def find_platform_problems(definition: Mapping[str, Any], platform: Platform, model: str) -> list[str]:
    """Return the problems of all Task states."""
    tasks = [
        (name, state)
        for name, state in iterate_states(definition)
        if isinstance(state, Mapping) and state.get("Type") == "Task"
    ]
    return [f"{name!r}: {problem}" for name, state in tasks for problem in _find_task_problems(state, platform, model)]


def _find_task_problems(state: Mapping[str, Any], platform: Platform, model: str) -> Iterator[str]:
    if "Credentials" in state:
        yield "Credentials: a run works as the platform's states role, not as another"
    action = str(state.get("Resource", "")).partition(":states:::")[2].removesuffix(".sync")
    if action not in PERMITTED_ACTIONS:
        permitted = ", ".join(sorted(PERMITTED_ACTIONS))
        yield f"Resource: a run may not call {state.get('Resource')!r}. It may call {permitted}"
        return
    request = state.get("Parameters", {})
    if kind := BY_ACTION.get(action.removeprefix("sagemaker:")):
        yield from (f"Parameters.{problem}" for problem in _find_job_problems(request, kind, platform, model))
    elif action.endswith("createModelPackage"):
        yield from _require_value(request, "ModelPackageGroupName", platform.build_group_name(model))
        yield from _require_value(request, "ModelApprovalStatus", "PendingManualApproval")
        for index, container in enumerate(read_path(request, ("InferenceSpecification",)).get("Containers", ())):
            member = f"Parameters.InferenceSpecification.Containers[{index}].Image"
            yield from _find_image_problems(member, str(_read_member(container, "Image")), platform)
    elif action.endswith("createModel"):
        yield from (f"Parameters.{problem}" for problem in _find_model_problems(request, platform, model))
    elif action == "lambda:invoke":
        yield from _find_decide_problems(request, platform, model)


def _find_model_problems(request: Request, platform: Platform, model: str) -> Iterator[str]:
    """Yield the problems of a model for a serving test: role, name, image, network and tags are as those of a job."""
    job_role = platform.build_job_role(platform.find_team(model))
    if (role := _read_member(request, "ExecutionRoleArn")) != job_role:
        yield f"ExecutionRoleArn must be the platform's job role, {job_role}, not {role!r}"
    yield from _find_name_problems(request, "ModelName", platform, model)
    containers = (request.get("PrimaryContainer", {}), *request.get("Containers", ()))
    for container in filter(None, containers):
        yield from _find_image_problems("Image", str(_read_member(container, "Image")), platform)
    yield from find_tag_problems(request, platform, model)
    yield from _find_network_problems(request, platform, isolation_only=True)


def _find_name_problems(request: Request, member: str, platform: Platform, model: str) -> Iterator[str]:
    """Yield a problem if a name does not begin with what IAM asks for."""
    stem = f"{platform.build_job_stem(platform.find_team(model))}-"
    expression_or_name = str(_read_member(request, member))
    template = expression.read_format_template(expression_or_name)
    name = str(request.get(member) or template or expression_or_name)
    if not name.startswith(stem):
        yield f"{member} must begin with {stem!r}, the platform's prefix, not {name!r}"


def _find_decide_problems(request: Request, platform: Platform, model: str) -> Iterator[str]:
    """Yield the problems of a call of `decide`. A run may judge itself only: it cannot write the verdict of another."""
    yield from _require_value(request, "FunctionName", platform.decide_function)
    payload = request.get("Payload", {})
    try:
        if not is_serving_payload(payload):
            read_conditions(payload)
    except (KeyError, TypeError, ValueError):
        yield "Parameters.Payload must be what `decide` of pushtrain.workflow writes, with the conditions of the gate"
        return
    yield from _require_value(payload, "model", model, "Parameters.Payload")
    yield from _require_value(payload, "run.$", RUN, "Parameters.Payload")


def _require_value(request: Request, member: str, value: str, field: str = "Parameters") -> Iterator[str]:
    if request.get(member) != value:
        yield f"{field}.{member} must be {value!r}, written as it is, not {_read_member(request, member)!r}"


def _read_member(request: Request, member: str) -> object:
    """Return a member's value, or the expression that computes it."""
    return request.get(member, request.get(f"{member}.$"))


def _find_job_problems(request: Request, kind: JobKind, platform: Platform, model: str) -> Iterator[str]:
    """Yield the problems of a job's role, name, network and keys."""
    job_role = platform.build_job_role(platform.find_team(model))
    if kind.role and read_path(request, kind.role) != job_role:
        *outer, member = kind.role
        role = _read_member(read_path(request, tuple(outer)), member)
        yield f"{'.'.join(kind.role)} must be the platform's job role, {job_role}, not {role!r}"
    for member, reason in kind.refused_fields.items():
        if _has_member(request, member):
            yield f"{member} is not allowed: {reason}"
    yield from _find_name_problems(request, kind.name_member, platform, model)
    if kind.image:
        yield from _find_job_image_problems(request, kind, platform)
    yield from _find_instance_problems(request, kind, platform)
    yield from find_tag_problems(request, platform, model)
    if kind.network is not None:
        yield from _find_network_problems(read_path(request, kind.network), platform)
    if platform.kms_key:
        yield from _find_key_problems(request, kind, platform.kms_key)


def _find_job_image_problems(request: Request, kind: JobKind, platform: Platform) -> Iterator[str]:
    *outer, member = kind.image
    image = _read_member(read_path(request, tuple(outer)), member)
    if image == CHAMPION_IMAGE:  # `launch` checks it before it freezes the champion
        return
    if image:
        yield from _find_image_problems(".".join(kind.image), str(image), platform)
    else:  # such as an algorithm of AWS Marketplace, or an expression that computes all of it
        yield f"{'.'.join(kind.image)} must name an image"


def _has_member(request: Request, path: str) -> bool:
    """Return True if a request has a member, such as `ModelPackageConfig`, or an expression that computes it."""
    part: Any = request
    for name in path.split("."):
        if f"{name}.$" in part:
            return True
        part = part.get(name) or {}
    return bool(part)


def _find_instance_problems(request: Request, kind: JobKind, platform: Platform) -> Iterator[str]:
    """Yield the problems of the instance types. IAM cannot show them before the run, so they must be known now."""
    member, types = ".".join(kind.instances), list_instance_types(read_path(request, kind.instances))
    if platform.instance_types and not types:
        yield f"{member}.InstanceType must be written as it is, among {', '.join(platform.instance_types)}"
    elif problem := find_instance_problem(types, platform):
        yield f"{member}: {problem}"


def _find_image_problems(member: str, image: str, platform: Platform) -> Iterator[str]:
    if problem := find_image_problem(image, platform):
        yield f"{member} ({image}) {problem}"


def _find_network_problems(network: Request, platform: Platform, *, isolation_only: bool = False) -> Iterator[str]:
    """Yield what is less strict than the platform. `isolation_only`: a model has no traffic between its containers."""
    for member, required in (
        ("EnableNetworkIsolation", platform.isolation),
        ("EnableInterContainerTrafficEncryption", platform.encrypt_between_containers and not isolation_only),
    ):
        if required and network.get(member) is not True:
            yield f"{member} must be true, as the platform asks"
    vpc = network.get("VpcConfig", {})
    for member, allowed in (("Subnets", platform.subnets), ("SecurityGroupIds", platform.security_groups)):
        if allowed and not set(vpc.get(member) or [None]) <= set(allowed):
            yield f"VpcConfig.{member} must be among the platform's: {', '.join(allowed)}"


def _find_key_problems(request: Request, kind: JobKind, key: str) -> Iterator[str]:
    """Yield missing keys. Instances with NVMe disks take no volume key: the disks encrypt themselves."""
    resources = read_path(request, kind.instances)
    keys = {None if find_hardware(name).has_local_storage else key for name in list_instance_types(resources) or ("",)}
    if len(keys) > 1:
        yield f"{'.'.join(kind.instances)}.InstancePreferences must have only types that take a volume key, or none"
    elif resources.get("VolumeKmsKeyId") not in keys:
        yield f"{'.'.join(kind.instances)}.VolumeKmsKeyId must be the platform's key, {key}"
    if read_path(request, kind.outputs).get("KmsKeyId") != key:
        yield f"{'.'.join(kind.outputs)}.KmsKeyId must be the platform's key, {key}"
