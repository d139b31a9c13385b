"""Errors for models and versions that do not exist. They suggest the name that was probably meant.

Lists the registry's models only after a lookup has failed, so a successful lookup costs no extra request.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pushtrain import aws
from pushtrain.catalog.suggest import did_you_mean
from pushtrain.errors import ModelNotFound, RegistryError, VersionNotFound
from pushtrain.platform import Platform

MAX_LISTED = 10  # models or versions that a message lists


def list_model_names(platform: Platform) -> Iterator[str]:
    """Yield the names of the platform's models, oldest first. The account may have groups of other systems."""
    sagemaker = aws.client("sagemaker", platform.region)
    pages = sagemaker.get_paginator("list_model_package_groups").paginate(NameContains=f"{platform.prefix}-")
    for page in pages:
        for group in page["ModelPackageGroupSummaryList"]:
            if model := platform.parse_group_name(group["ModelPackageGroupName"]):
                yield model


def unknown_model_error(platform: Platform, model: str) -> RegistryError:
    """Return the error for a model that has no versions.

    It suggests the most similar name, if the caller may list the models.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    message = f"there is no model {model!r} in the registry"
    try:
        names = list(list_model_names(platform))
    except ClientError as error:
        if error.response["Error"]["Code"] not in aws.ACCESS_DENIED:
            raise
        return ModelNotFound(message)
    if model in names:
        return VersionNotFound(f"{model} has no version yet")
    more = f" and {len(names) - MAX_LISTED} more" if len(names) > MAX_LISTED else ""
    existing = f". There are: {', '.join(names[:MAX_LISTED]) or 'none yet'}{more}"
    return ModelNotFound(message + (did_you_mean(model, names) or existing))


def unknown_version_error(model: str, missing: Iterable[int], existing: Iterable[int]) -> VersionNotFound:
    """Return the error for versions that do not exist; it lists the `existing` ones."""
    numbers = sorted(existing)
    listed = ", ".join(map(str, numbers))
    if len(numbers) > MAX_LISTED:
        listed = f"{len(numbers)}, from {numbers[0]} to {numbers[-1]}"
    return VersionNotFound(f"{model} has no version {', '.join(map(str, missing))}. There are: {listed}")
