"""The state machine in which approved models answer files on AWS. It belongs to the platform, not to a push. Pure.

Read approved.json → ask the registry for the status → create the model → the transform job → delete the model, also if
the job fails. If the execution is stopped in between, `on_run_end` deletes the model.

Whoever may start it can send any input, so each member is checked here: image, variables and archive come from the
approved copy alone, and the rows have the name of the execution.
Source of the fields: API shapes CreateModelInput and CreateTransformJobRequest.
"""

from __future__ import annotations

from typing import Any

from pushtrain import layout
from pushtrain.catalog.instances import list_disk_patterns
from pushtrain.catalog.job_kinds import TRANSFORM
from pushtrain.platform import Platform
from pushtrain.teams import Team
from pushtrain.workflow.security import build_network, build_output_key
from pushtrain.workflow.states import (
    SERVICE_RETRY,
    Fragment,
    State,
    build_choice,
    build_state,
    build_task,
    chain,
    fail,
    format_string,
    guard,
    merge_states,
)
from pushtrain.workflow.tags import MODEL_TAG, list_platform_tags
from pushtrain.workflow.transform import delete_model

ID = "$$.Execution.Name"
MODEL, VERSION, INSTANCE, SECONDS = "$.model", "$.version", "$.instance", "$.seconds"
STRATEGY, CONTENT_TYPE, ACCEPT = "$.strategy", "$.content_type", "$.accept"
TOGETHER, ONE_BY_ONE, WHOLE = "MultiRecord", "SingleRecord", "None"  # how the file is split into requests
APPROVED, REGISTERED, OFFERED, RESOURCES = "$.approved", "$.registered", "$.offered", "$.resources"
CREATED, JOB, ERROR = "$.created", "$.job", "$.error"
LEAST_SECONDS, MOST_SECONDS = 60, 86_400
TIMED_OUT = "States.Timeout"


def build_score_input(
    *, model: str, version: int, instance: str, seconds: int, strategy: str, content_type: str, accept: str
) -> dict[str, Any]:
    """Return the input of an execution. `strategy` is TOGETHER, ONE_BY_ONE or WHOLE; `seconds` is the job's limit."""
    return {
        "model": model,
        "version": version,
        "instance": instance,
        "seconds": seconds,
        "strategy": strategy,
        "content_type": content_type,
        "accept": accept,
    }


def build_score_definition(platform: Platform, team: Team, role: str) -> dict[str, Any]:
    """Return the definition for a team's models. `role` is the ARN of the role of their containers."""
    failed = _fail_after_job(platform)
    deleted = delete_model("delete model", platform, CREATED, following="completed?")
    definition = chain(
        _check_input(),
        _find_version(platform),
        _check_version(),
        _choose_resources(platform),
        _create_model(platform, team, role),
        _answer_file(platform, team, failed=failed.start),
        deleted,
        _require_completed(),
        _end(platform, team),
    )
    states = Fragment(merge_states(definition.states, failed.states), definition.start, definition.ends)
    return states.build_definition("An approved model answers a file")


def _check_input() -> Fragment:
    """Fail unless each member has a type and a range that the later states rely on."""
    rules: list[State] = [
        {"Variable": MODEL, "IsString": True},
        {"Variable": VERSION, "IsNumeric": True},
        *({"Variable": path, "IsString": True} for path in (INSTANCE, CONTENT_TYPE, ACCEPT)),
        {"Variable": SECONDS, "NumericGreaterThanEquals": LEAST_SECONDS},
        {"Variable": SECONDS, "NumericLessThanEquals": MOST_SECONDS},
        {"Or": [{"Variable": STRATEGY, "StringEquals": name} for name in (TOGETHER, ONE_BY_ONE, WHOLE)]},
    ]
    cause = (
        "expected model, instance, content_type and accept (text), version (a number), "
        f"seconds ({LEAST_SECONDS} to {MOST_SECONDS}) and strategy ({TOGETHER}, {ONE_BY_ONE} or {WHOLE})"
    )
    refused = fail("invalid input", "InvalidInput", cause)
    return guard("input?", [({"Not": {"And": rules}}, refused)])


def _find_version(platform: Platform) -> Fragment:
    """Read the document of the approved copy, and what the registry says of that version now.

    [unverified] on AWS: that SupportedTransformInstanceTypes are those that the version was registered with. If not,
    the execution fails at `offered?` or says InstanceNotOffered: `aws sagemaker describe-model-package` shows them.
    """
    sdk = f"arn:{platform.partition}:states:::aws-sdk"
    read = build_task(
        "read approved version",
        f"{sdk}:s3:getObject",
        {
            "Bucket": platform.serving_bucket,
            "Key.$": format_string(layout.build_approved_version_key("{}", "{}"), MODEL, VERSION),
        },
        retry=(SERVICE_RETRY,),
        ResultSelector={"document.$": "States.StringToJson($.Body)"},
        ResultPath=APPROVED,
    )
    describe = build_task(
        "describe version",
        f"{sdk}:sagemaker:describeModelPackage",
        {"ModelPackageName.$": f"{APPROVED}.document.model_package"},
        retry=(SERVICE_RETRY,),
        ResultSelector={
            "status.$": "$.ModelApprovalStatus",
            "instances.$": "$.InferenceSpecification.SupportedTransformInstanceTypes",
        },
        ResultPath=REGISTERED,
    )
    offered = {"by_version.$": f"States.ArrayContains({REGISTERED}.instances, {INSTANCE})"}
    look = build_state("offered?", {"Type": "Pass", "Parameters": offered, "ResultPath": OFFERED})
    return chain(read, describe, look)


def _check_version() -> Fragment:
    """Fail if the document is of another version, if the version is not approved now, or has another instance type."""
    document = f"{APPROVED}.document"
    same: list[State] = [
        {"Variable": f"{document}.model", "StringEqualsPath": MODEL},
        {"Variable": f"{document}.version", "NumericEqualsPath": VERSION},
    ]
    status = f"{REGISTERED}.status"
    other = fail("other version", "OtherVersion", "the approved copy is that of another model or version")
    rejected = fail(
        "not approved", "NotApproved", format_string("{} version {} is {}, not Approved", MODEL, VERSION, status)
    )
    unknown = fail(
        "other instance type",
        "InstanceNotOffered",
        format_string("{} is no instance type for batches of {} version {}", INSTANCE, MODEL, VERSION),
    )
    return guard(
        "may it answer?",
        [
            ({"Not": {"And": same}}, other),
            ({"Not": {"Variable": status, "StringEquals": "Approved"}}, rejected),
            ({"Variable": f"{OFFERED}.by_version", "BooleanEquals": False}, unknown),
        ],
    )


def _choose_resources(platform: Platform) -> Fragment:
    """Put the instance into `$.resources`, with the key of its volume unless it has disks of its own."""
    resources = {"InstanceType.$": INSTANCE, "InstanceCount": 1}
    choose = build_state("choose resources", {"Type": "Pass", "Parameters": resources, "ResultPath": RESOURCES})
    if not platform.kms_key:
        return choose
    encrypted = {"InstanceType.$": INSTANCE, "InstanceCount": 1, "VolumeKmsKeyId": platform.kms_key}
    encrypt = build_state("encrypt volume", {"Type": "Pass", "Parameters": encrypted, "ResultPath": RESOURCES})
    disks = {"Or": [{"Variable": INSTANCE, "StringMatches": pattern} for pattern in list_disk_patterns()]}
    return build_choice("has disks?", disks, then=choose, otherwise=encrypt)


def _create_model(platform: Platform, team: Team, role: str) -> Fragment:
    """Create the model from the approved copy: its image and its variables, with the role of such containers."""
    document = f"{APPROVED}.document"
    key = layout.build_approved_model_key("{}", "{}")
    network = build_network(None, platform)
    request: dict[str, Any] = {
        "ModelName.$": _build_name(platform, team),
        "PrimaryContainer": {
            "Image.$": f"{document}.inference.image",
            "Environment.$": f"{document}.inference.environment",
            "ModelDataUrl.$": format_string(layout.build_uri(platform.serving_bucket, key), MODEL, VERSION),
        },
        "ExecutionRoleArn": role,
        "Tags": _build_tags(platform),
        **{member: network[member] for member in ("EnableNetworkIsolation", "VpcConfig") if member in network},
    }
    return build_task(
        "create model",
        f"arn:{platform.partition}:states:::sagemaker:createModel",
        request,
        retry=(SERVICE_RETRY,),
        ResultSelector={"name.$": _build_name(platform, team)},
        ResultPath=CREATED,
    )


def _answer_file(platform: Platform, team: Team, *, failed: str) -> Fragment:
    """Return the transform job: the file is one request, or its lines are rows. `failed` follows an error."""
    rows = _build_request(platform, team, "Line") | {"BatchStrategy.$": STRATEGY}
    file = _build_request(platform, team, "None")
    return build_choice(
        "one request?",
        {"Variable": STRATEGY, "StringEquals": WHOLE},
        then=_run_job("answer file", platform, file, failed),
        otherwise=_run_job("answer rows", platform, rows, failed),
    )


def _run_job(name: str, platform: Platform, request: dict[str, Any], failed: str) -> Fragment:
    return build_task(
        name,
        f"arn:{platform.partition}:states:::sagemaker:{TRANSFORM.build_operation('create')}.sync",
        request,
        TimeoutSecondsPath=SECONDS,
        Catch=[{"ErrorEquals": ["States.ALL"], "ResultPath": ERROR, "Next": failed}],
        ResultSelector={"status.$": f"$.{TRANSFORM.status_member}"},
        ResultPath=JOB,
    )


def _build_request(platform: Platform, team: Team, split: str) -> dict[str, Any]:
    """Return the CreateTransformJob request. `split` is its SplitType; the answers are put together in the same way."""
    rows = layout.build_uri(platform.artifact_bucket, layout.build_score_rows_key("{}", "{}"))
    source = {"S3DataType": "S3Prefix", "S3Uri.$": format_string(rows, MODEL, ID)}
    return {
        f"{TRANSFORM.name_member}.$": _build_name(platform, team),
        "ModelName.$": f"{CREATED}.name",
        "TransformInput": {
            "DataSource": {"S3DataSource": source},
            "ContentType.$": CONTENT_TYPE,
            "SplitType": split,
        },
        "TransformOutput": {
            "S3OutputPath.$": _build_answers_uri(platform),
            "Accept.$": ACCEPT,
            "AssembleWith": split,
            **build_output_key(None, platform),
        },
        "TransformResources.$": RESOURCES,
        "Tags": _build_tags(platform),
    }


def _fail_after_job(platform: Platform) -> Fragment:
    """Delete the model, then fail with the error of the job. States.Timeout need not have a Cause."""
    late = fail("not in time", TIMED_OUT, format_string("the job was not done after {} seconds", SECONDS))
    rule = {"Variable": f"{ERROR}.Error", "StringEquals": TIMED_OUT}
    failed = chain(guard("in time?", [(rule, late)]), fail("job failed", f"{ERROR}.Error", f"{ERROR}.Cause"))
    return chain(delete_model("delete model of failed job", platform, CREATED, following=failed.start), failed)


def _require_completed() -> Fragment:
    """A job that somebody stopped ends its Task without an error."""
    stopped = fail("not completed", "JobNotCompleted", format_string("the job is {}", f"{JOB}.status"))
    return guard("completed?", [({"Not": {"Variable": f"{JOB}.status", "StringEquals": "Completed"}}, stopped)])


def _end(platform: Platform, team: Team) -> Fragment:
    answers = {"job.$": _build_name(platform, team), "answers.$": _build_answers_uri(platform)}
    return build_state("answered", {"Type": "Pass", "Parameters": answers})


def _build_name(platform: Platform, team: Team) -> str:
    """Return the intrinsic that names the model and the job."""
    return format_string(f"{platform.build_score_stem(team)}-{{}}", ID)


def _build_answers_uri(platform: Platform) -> str:
    key = layout.build_score_answers_prefix("{}", "{}")
    return format_string(layout.build_uri(platform.artifact_bucket, key), MODEL, ID)


def _build_tags(platform: Platform) -> list[dict[str, str]]:
    tags = [{"Key": key, "Value": value} for key, value in list_platform_tags(platform).items()]
    return [*tags, {"Key": MODEL_TAG, "Value.$": MODEL}]
