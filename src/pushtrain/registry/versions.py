"""Model versions as the SageMaker Model Registry tells of them. Changes nothing.

Source: ListModelPackageGroups, ListModelPackages, DescribeModelPackage; metrics come from evaluation.json.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pushtrain import aws
from pushtrain.platform import Platform
from pushtrain.registry.not_found import ACCESS_DENIED, list_model_names, unknown_model_error, unknown_version_error
from pushtrain.runs import flatten_metrics, read_evaluation

PARALLEL = 8  # calls at a time where there is one for each version
# SageMaker's codes for a name it does not know; anything else (throttling, access) is no answer to that question.
NOT_FOUND_CODES = frozenset({"ValidationException", "ResourceNotFound"})


@dataclass(frozen=True, kw_only=True)
class ModelVersion:
    """One model package version. `metrics` is flat: dotted path -> number.

    `created` is ISO 8601 in UTC, `modified` too, in milliseconds: the last change of anything, not of the status alone.
    `decided_by` and `decided_principal` (the unique id) are whoever changed it last.
    `evaluation` is the S3 address of evaluation.json, empty where there is none.
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
    decided_principal: str = ""
    note: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)


def list_versions(platform: Platform, model: str | None = None) -> list[ModelVersion]:
    """All versions of a model, or of all models, oldest first. Raises RegistryError for an unknown model."""
    sagemaker = aws.client("sagemaker", platform.region)
    names = [model] if model else list(list_model_names(sagemaker))
    arns = [arn for name in names for arn in _arns(sagemaker, name)]
    if model and not arns:
        raise unknown_model_error(sagemaker, model)
    s3 = aws.client("s3", platform.region)

    def read(arn: str) -> ModelVersion:
        return _version(platform, sagemaker.describe_model_package(ModelPackageName=arn), s3)

    with ThreadPoolExecutor(PARALLEL) as pool:
        found = list(pool.map(read, arns))
    return sorted(found, key=lambda version: (version.created, version.model, version.version))


def read_version(platform: Platform, model: str, version: int) -> ModelVersion:
    """One version. Raises RegistryError when there is none of that number."""
    sagemaker = aws.client("sagemaker", platform.region)
    known = _arns(sagemaker, model)
    arn = next((arn for arn in known if arn.endswith(f"/{version}")), None)
    if arn is None:
        raise (
            unknown_version_error(model, [version], map(_number, known))
            if known
            else unknown_model_error(sagemaker, model)
        )
    return _version(platform, sagemaker.describe_model_package(ModelPackageName=arn))


def require_version(platform: Platform, model: str, version: int | None = None) -> None:
    """Raises RegistryError, naming what was probably meant, for a model or version that the registry does not know.

    Says nothing where one may not ask: whoever fetches need not see the registry.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    sagemaker = aws.client("sagemaker", platform.region)
    try:
        known = [_number(arn) for arn in _arns(sagemaker, model)]
    except ClientError as error:
        if error.response["Error"]["Code"] not in ACCESS_DENIED:
            raise
        return
    if not known:
        raise unknown_model_error(sagemaker, model)
    if version is not None and version not in known:
        raise unknown_version_error(model, [version], known)


def find_version(platform: Platform, arn: str) -> ModelVersion | None:
    """The version of an ARN as it is now; None when there is none (AWS answers ValidationException)."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    sagemaker = aws.client("sagemaker", platform.region)
    try:
        package = sagemaker.describe_model_package(ModelPackageName=arn)
    except ClientError as error:
        if error.response["Error"]["Code"] in NOT_FOUND_CODES:
            return None
        raise
    return _version(platform, package)


def list_version_arns(platform: Platform, model: str) -> list[str]:
    """ARNs of all versions of a model. Raises RegistryError where there is no such model."""
    return _arns(aws.client("sagemaker", platform.region), model)


def list_approved_arns(platform: Platform, model: str) -> list[str]:
    """ARNs of the Approved versions of a model, the highest version first."""
    approved = _arns(aws.client("sagemaker", platform.region), model, ModelApprovalStatus="Approved")
    return sorted(approved, key=_number, reverse=True)


def _arns(sagemaker: Any, model: str, **filters: str) -> list[str]:
    """Raises RegistryError where there is no such model."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    pages = sagemaker.get_paginator("list_model_packages").paginate(ModelPackageGroupName=model, **filters)
    try:
        return [item["ModelPackageArn"] for page in pages for item in page["ModelPackageSummaryList"]]
    except ClientError as error:
        if error.response["Error"]["Code"] not in NOT_FOUND_CODES:
            raise
        raise unknown_model_error(sagemaker, model) from error


def _number(arn: str) -> int:
    return int(arn.rpartition("/")[2])


def _version(platform: Platform, package: Mapping[str, Any], s3: Any = None) -> ModelVersion:
    container = package["InferenceSpecification"]["Containers"][0]
    properties = package.get("CustomerMetadataProperties", {})
    facts = package.get("MetadataProperties", {})
    evaluation = package.get("ModelMetrics", {}).get("ModelQuality", {}).get("Statistics", {}).get("S3Uri", "")
    return ModelVersion(
        model=package["ModelPackageGroupName"],
        version=package["ModelPackageVersion"],
        status=package["ModelApprovalStatus"],
        metrics=flatten_metrics(read_evaluation(platform, evaluation, s3)) if evaluation else {},
        run=properties.get("run", ""),
        revision=properties.get("revision", ""),
        created=package["CreationTime"].astimezone(UTC).isoformat(timespec="seconds"),
        arn=package["ModelPackageArn"],
        artifact=container.get("ModelDataUrl", ""),
        image=container["Image"],
        commit=facts.get("CommitId", ""),
        repository=facts.get("Repository", ""),
        evaluation=evaluation,
        modified=_when(package.get("LastModifiedTime", package["CreationTime"])),
        decided_by=_who(package.get("LastModifiedBy") or {}),
        decided_principal=((package.get("LastModifiedBy") or {}).get("IamIdentity") or {}).get("PrincipalId", ""),
        note=package.get("ApprovalDescription", ""),
        properties=properties,
    )


def _when(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="milliseconds")


def _who(context: Mapping[str, Any]) -> str:
    """Source: UserContext; a Studio user has a profile name, a role of a pipeline or a person has only an ARN."""
    return str(context.get("UserProfileName") or (context.get("IamIdentity") or {}).get("Arn", ""))
