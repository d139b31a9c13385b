"""Versions made of the very same as an earlier one, so that nobody takes them for progress. Changes nothing.

In: versions with their metadata. Out: the earlier version, and how much is known to be the same. Training is not
deterministic everywhere, so such a version is told of and never refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from pushtrain import aws
from pushtrain.platform import Platform
from pushtrain.registry.not_found import ACCESS_DENIED
from pushtrain.registry.versions import ModelVersion, list_version_arns

HASHED = re.compile(r"[0-9a-f]{64}")  # a revision that is no hash may name other files each time
HEAD = 12  # characters of a revision that its run ids begin with
PARALLEL = 8


@dataclass(frozen=True, kw_only=True)
class EarlierVersion:
    """An earlier version of the same revision in the same environment.

    `whole`: its data lies in the model repo, so is the same too; else it was read from the same address.
    """

    version: int
    same_data: bool

    def __str__(self) -> str:
        what = "code, data and parameters" if self.same_data else "code, parameters and address of data"
        return f"same {what} as version {self.version}"


def find_earlier_versions(versions: Iterable[ModelVersion]) -> dict[str, EarlierVersion]:
    """By ARN, the first version of its model that was made of the very same; other versions are left out."""
    found: dict[str, EarlierVersion] = {}
    first: dict[tuple[object, ...], int] = {}
    for version in sorted(versions, key=lambda each: (each.model, each.version)):
        key = (version.model, *_made_of(version.properties))
        if first.setdefault(key, version.version) != version.version and HASHED.fullmatch(version.revision):
            found[version.arn] = EarlierVersion(version=first[key], same_data=_has_data_inside(version))
    return found


def find_earlier_version(platform: Platform, version: ModelVersion) -> EarlierVersion | None:
    """The same of one version. The others are read only where there was another run of the revision.

    None, too, where one may not look.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    try:
        return _find(platform, version) if HASHED.fullmatch(version.revision) else None
    except ClientError as error:
        if error.response["Error"]["Code"] not in ACCESS_DENIED:
            raise
        return None


def _find(platform: Platform, version: ModelVersion) -> EarlierVersion | None:
    prefix = f"{version.model}/runs/{version.revision[:HEAD]}-"
    s3 = aws.client("s3", platform.region)
    found = s3.list_objects_v2(Bucket=platform.artifact_bucket, Prefix=prefix, Delimiter="/")
    if len(found.get("CommonPrefixes", ())) < 2:  # noqa: PLR2004  its own run, and another
        return None
    sagemaker = aws.client("sagemaker", platform.region)
    numbers = {arn: int(arn.rpartition("/")[2]) for arn in list_version_arns(platform, version.model)}
    before = sorted((arn for arn in numbers if numbers[arn] < version.version), key=numbers.__getitem__)
    with ThreadPoolExecutor(PARALLEL) as pool:
        packages = pool.map(lambda arn: sagemaker.describe_model_package(ModelPackageName=arn), before)
    wanted = _made_of(version.properties)
    for arn, package in zip(before, packages, strict=True):
        if _made_of(package.get("CustomerMetadataProperties", {})) == wanted:
            return EarlierVersion(version=numbers[arn], same_data=_has_data_inside(version))
    return None


def _made_of(properties: Mapping[str, Any]) -> tuple[object, ...]:
    """Revision, config.yaml with its environment, and where each data entry lay."""
    data = sorted((key, value) for key, value in properties.items() if key.startswith("data."))
    return (*(properties.get(key, "") for key in ("revision", "config", "environment")), *data)


def _has_data_inside(version: ModelVersion) -> bool:
    inside = f"/{version.model}/{version.revision}/"
    return all(inside in value for key, value in version.properties.items() if key.startswith("data."))
