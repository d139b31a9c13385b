"""Read model versions from the SageMaker Model Registry. Changes nothing.

Source: ListModelPackageGroups, ListModelPackages, DescribeModelPackage. Metrics come from the verdict of the run.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct, field

from pushtrain import aws
from pushtrain.decide import Verdict
from pushtrain.errors import VerdictChanged
from pushtrain.parallel import call_all
from pushtrain.platform import Platform
from pushtrain.record import VERDICT_HASH, omit_unknown
from pushtrain.registry.identity import NOBODY, Identity, read_user_context
from pushtrain.registry.not_found import list_model_names, unknown_model_error, unknown_version_error
from pushtrain.runs import read_verdict
from pushtrain.workflow.names import build_metric_key

# SageMaker's error codes for an unknown name. Other codes, such as throttling, do not mean that it does not exist.
NOT_FOUND_CODES = frozenset({"ValidationException", "ResourceNotFound"})


class ModelVersion(Struct, frozen=True, kw_only=True):
    """One model package version. `metrics` is flat: dotted path -> number.

    `created` and `modified` are ISO 8601 in UTC, `modified` in milliseconds. `modified` is the last change of anything,
    not only of the status; `decided_by` (name or ARN) and `decider` say who made that change.
    `evaluation` is the S3 address of evaluation.json, empty if there is none. `run` and `verdict` are those of the
    execution that registered the version; the registry does not let anybody change which one it was. `inference` is
    what an endpoint would run, as in the verdict; empty if that is more than one container. `verdict_fault` says that
    verdict.json was changed since: then there is no verdict.
    """

    model: str
    version: int
    status: str
    metrics: Mapping[str, float]
    run: str
    revision: str
    created: str
    arn: str
    artifact: str
    image: str
    commit: str
    repository: str
    evaluation: str = ""
    modified: str = ""
    decided_by: str = ""
    decider: Identity = NOBODY
    note: str = ""
    verdict: Verdict | None = None
    verdict_fault: str = ""
    inference: Mapping[str, Any] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> str:
        """The environment of config.yaml that the version was trained with; empty if there was none."""
        return omit_unknown(self.properties.get("environment", ""))

    @property
    def gate_metrics(self) -> tuple[str, ...]:
        """The metrics that the gate compared."""
        judged = {result.label for result in self.verdict.conditions} if self.verdict else set()
        return tuple(name for name in self.metrics if name in judged or build_metric_key(name) in self.properties)


def list_versions(platform: Platform, model: str | None = None) -> list[ModelVersion]:
    """Return all versions of a model, or of all models, oldest first. Raises ModelNotFound, VersionNotFound."""
    sagemaker = aws.client("sagemaker", platform.region)
    names = [model] if model else list(list_model_names(platform))
    arns = [arn for name in names for arn in list_version_arns(platform, name)]
    if model and not arns:
        raise unknown_model_error(platform, model)
    s3 = aws.client("s3", platform.region)

    def describe(arn: str) -> ModelVersion:
        return _build_version(platform, sagemaker.describe_model_package(ModelPackageName=arn), s3)

    return sorted(call_all(describe, arns), key=lambda version: (version.created, version.model, version.version))


def read_version(platform: Platform, model: str, version: int) -> ModelVersion:
    """Return one version by its number. Raises VersionNotFound or ModelNotFound."""
    sagemaker = aws.client("sagemaker", platform.region)
    arns = list_version_arns(platform, model)
    arn = next((arn for arn in arns if arn.endswith(f"/{version}")), None)
    if arn is None:
        raise (
            unknown_version_error(model, [version], map(_parse_number, arns))
            if arns
            else unknown_model_error(platform, model)
        )
    return _build_version(platform, sagemaker.describe_model_package(ModelPackageName=arn))


def require_version(platform: Platform, model: str, version: int | None = None) -> None:
    """Raise ModelNotFound or VersionNotFound if the model or version does not exist.

    Returns silently if AWS denies access: people who fetch models need no access to the registry.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    try:
        numbers = [_parse_number(arn) for arn in list_version_arns(platform, model)]
    except ClientError as error:
        if error.response["Error"]["Code"] not in aws.ACCESS_DENIED:
            raise
        return
    if not numbers:
        raise unknown_model_error(platform, model)
    if version is not None and version not in numbers:
        raise unknown_version_error(model, [version], numbers)


def find_version(platform: Platform, arn: str) -> ModelVersion | None:
    """Return the version with this ARN as it is now; None if it does not exist."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    sagemaker = aws.client("sagemaker", platform.region)
    try:
        package = sagemaker.describe_model_package(ModelPackageName=arn)
    except ClientError as error:
        if error.response["Error"]["Code"] in NOT_FOUND_CODES:
            return None
        raise
    return _build_version(platform, package)


def describe_version(platform: Platform, arn: str) -> ModelVersion:
    """Return the version with this ARN, which exists."""
    return _build_version(
        platform, aws.client("sagemaker", platform.region).describe_model_package(ModelPackageName=arn)
    )


def list_version_arns(platform: Platform, model: str, **filters: str) -> list[str]:
    """Return the ARNs of a model's versions. Raises ModelNotFound. `filters` are parameters of ListModelPackages."""
    return [package["ModelPackageArn"] for package in list_packages(platform, model, **filters)]


def list_approved_arns(platform: Platform, model: str) -> list[str]:
    """Return the ARNs of a model's Approved versions, highest version first. Raises ModelNotFound."""
    approved = list_version_arns(platform, model, ModelApprovalStatus="Approved")
    return sorted(approved, key=_parse_number, reverse=True)


def list_packages(platform: Platform, model: str, **filters: str) -> list[Mapping[str, Any]]:
    """Return what ListModelPackages says about a model's versions. Raises ModelNotFound or VersionNotFound."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    pages = (
        aws.client("sagemaker", platform.region)
        .get_paginator("list_model_packages")
        .paginate(ModelPackageGroupName=platform.build_group_name(model), **filters)
    )
    try:
        return [package for page in pages for package in page["ModelPackageSummaryList"]]
    except ClientError as error:
        if error.response["Error"]["Code"] not in NOT_FOUND_CODES:
            raise
        raise unknown_model_error(platform, model) from error


def _parse_number(arn: str) -> int:
    return int(arn.rpartition("/")[2])


def _build_version(platform: Platform, package: Mapping[str, Any], s3: Any = None) -> ModelVersion:
    # Other systems of the account may register packages without a container.
    container: Mapping[str, Any] = next(iter(package.get("InferenceSpecification", {}).get("Containers", ())), {})
    properties = package.get("CustomerMetadataProperties", {})
    metadata = package.get("MetadataProperties", {})
    evaluation = package.get("ModelMetrics", {}).get("ModelQuality", {}).get("Statistics", {}).get("S3Uri", "")
    run = read_run_id(platform, package)
    model = platform.parse_group_name(package["ModelPackageGroupName"])
    verdict, verdict_fault = _read_verdict(platform, model, run, properties.get(VERDICT_HASH, ""), s3)
    return ModelVersion(
        model=model,
        version=package["ModelPackageVersion"],
        status=package.get("ModelApprovalStatus", ""),
        metrics=dict(verdict.metrics) if verdict else {},
        run=run,
        revision=properties.get("revision", ""),
        created=format_created(package["CreationTime"]),
        arn=package["ModelPackageArn"],
        artifact=container.get("ModelDataUrl", ""),
        image=container.get("Image", ""),
        commit=metadata.get("CommitId", ""),
        repository=metadata.get("Repository", ""),
        evaluation=evaluation,
        verdict=verdict,
        verdict_fault=verdict_fault,
        inference=_read_inference(package),
        modified=_format_time(package.get("LastModifiedTime", package["CreationTime"])),
        decided_by=_format_user(package.get("LastModifiedBy") or {}),
        decider=read_user_context(package.get("LastModifiedBy") or {}),
        note=package.get("ApprovalDescription", ""),
        properties=properties,
    )


def _read_verdict(platform: Platform, model: str, run: str, sha256: str, s3: Any) -> tuple[Verdict | None, str]:
    """Return the verdict, and what is wrong with its document if that is not the one whose hash the version has."""
    try:
        return (read_verdict(platform, model, run, s3, sha256=sha256) if run else None), ""
    except VerdictChanged as error:
        return None, str(error)


def read_run_id(platform: Platform, package: Mapping[str, Any]) -> str:
    """Return the id of the run that registered a model package; empty if no run of its model did.

    It comes from the execution's ARN: UpdateModelPackage can change CustomerMetadataProperties, but not
    MetadataProperties. A run of another model or of another platform, such as dev, does not count: the state machine of
    a model has the name of its package group.
    """
    group = package["ModelPackageGroupName"]
    own = f"arn:{platform.partition}:states:{platform.region}:{platform.account}:execution:{group}:"
    arn: str = package.get("MetadataProperties", {}).get("GeneratedBy", "")
    return arn.removeprefix(own) if arn.startswith(own) else ""


def _read_inference(package: Mapping[str, Any]) -> dict[str, Any]:
    """Return image and environment variables of the only container; empty if there is more that could be deployed."""
    containers = package.get("InferenceSpecification", {}).get("Containers", ())
    if len(containers) != 1 or package.get("AdditionalInferenceSpecifications"):
        return {}
    [container] = containers
    if container.get("AdditionalS3DataSource"):
        return {}
    return {"image": container.get("Image", ""), "environment": dict(container.get("Environment") or {})}


def format_created(time: datetime) -> str:
    """Return when a version was registered, such as `2026-11-21T07:00:00+00:00`."""
    return time.astimezone(UTC).isoformat(timespec="seconds")


def _format_time(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="milliseconds")


def _format_user(context: Mapping[str, Any]) -> str:
    """Return a Studio user's profile name, else the caller's ARN. Source: UserContext."""
    return str(context.get("UserProfileName") or (context.get("IamIdentity") or {}).get("Arn", ""))
