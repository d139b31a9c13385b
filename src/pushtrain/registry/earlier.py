"""Find versions that were built from the same revision, config.yaml and data as an earlier version.

Such a version is no progress, so commands and reports mention it. It is not refused: training is not deterministic
everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from pushtrain import aws
from pushtrain.layout import build_revision_prefix, build_runs_prefix
from pushtrain.platform import Platform
from pushtrain.registry.not_found import ACCESS_DENIED
from pushtrain.registry.versions import ModelVersion, list_version_arns

HASHED = re.compile(r"[0-9a-f]{64}")  # other revisions may name different files each time
REVISION_LENGTH = 12  # characters of a revision at the start of its run ids
PARALLEL = 8


@dataclass(frozen=True, kw_only=True)
class EarlierVersion:
    """The first version built from the same revision in the same environment.

    `same_data`: the data lies in the model repo, so it is the same. Otherwise only its S3 address is the same.
    """

    version: int
    same_data: bool

    def __str__(self) -> str:
        inputs = "code, data and parameters" if self.same_data else "code, parameters and address of data"
        return f"same {inputs} as version {self.version}"


def find_earlier_versions(versions: Iterable[ModelVersion]) -> dict[str, EarlierVersion]:
    """Return the earlier version for each version that has one, by the version's ARN."""
    earlier: dict[str, EarlierVersion] = {}
    first_numbers: dict[tuple[object, ...], int] = {}
    for version in sorted(versions, key=lambda version: (version.model, version.version)):
        key = (version.model, *_read_inputs(version.properties))
        if first_numbers.setdefault(key, version.version) != version.version and HASHED.fullmatch(version.revision):
            earlier[version.arn] = EarlierVersion(version=first_numbers[key], same_data=_has_data_inside(version))
    return earlier


def find_earlier_version(platform: Platform, version: ModelVersion) -> EarlierVersion | None:
    """Return the earlier version of one version; None if there is none, or if AWS denies access.

    Reads other versions only if the revision has had another run.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    try:
        return _compare_earlier(platform, version) if HASHED.fullmatch(version.revision) else None
    except ClientError as error:
        if error.response["Error"]["Code"] not in ACCESS_DENIED:
            raise
        return None


def _compare_earlier(platform: Platform, version: ModelVersion) -> EarlierVersion | None:
    prefix = f"{build_runs_prefix(version.model)}{version.revision[:REVISION_LENGTH]}-"
    s3 = aws.client("s3", platform.region)
    response = s3.list_objects_v2(Bucket=platform.artifact_bucket, Prefix=prefix, Delimiter="/")
    if len(response.get("CommonPrefixes", ())) < 2:  # noqa: PLR2004  its own run and one more
        return None
    sagemaker = aws.client("sagemaker", platform.region)
    numbers = {arn: int(arn.rpartition("/")[2]) for arn in list_version_arns(platform, version.model)}
    earlier_arns = sorted((arn for arn in numbers if numbers[arn] < version.version), key=numbers.__getitem__)
    with ThreadPoolExecutor(PARALLEL) as pool:
        packages = pool.map(lambda arn: sagemaker.describe_model_package(ModelPackageName=arn), earlier_arns)
    inputs = _read_inputs(version.properties)
    for arn, package in zip(earlier_arns, packages, strict=True):
        if _read_inputs(package.get("CustomerMetadataProperties", {})) == inputs:
            return EarlierVersion(version=numbers[arn], same_data=_has_data_inside(version))
    return None


def _read_inputs(properties: Mapping[str, Any]) -> tuple[object, ...]:
    """Return what a version was built from: revision, config.yaml's hash, environment, data addresses."""
    data = sorted((key, value) for key, value in properties.items() if key.startswith("data."))
    return (*(properties.get(key, "") for key in ("revision", "config", "environment")), *data)


def _has_data_inside(version: ModelVersion) -> bool:
    inside = build_revision_prefix(version.model, version.revision)
    return all(inside in value for key, value in version.properties.items() if key.startswith("data."))
