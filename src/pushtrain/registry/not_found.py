"""What to say of a model or a version that is not there: what was probably meant. Reads the list of models, no more.

Asked for only once something was not found, so that what is found costs nothing more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pushtrain.catalog.suggest import did_you_mean
from pushtrain.errors import ModelNotFound, RegistryError, VersionNotFound

ACCESS_DENIED = frozenset({"AccessDenied", "AccessDeniedException"})  # S3's code, and everybody else's
MAX_LISTED = 10  # models or versions that are named, where there are more


def list_model_names(sagemaker: Any) -> Iterator[str]:
    """Names of all models, oldest first."""
    for page in sagemaker.get_paginator("list_model_package_groups").paginate():
        for group in page["ModelPackageGroupSummaryList"]:
            yield group["ModelPackageGroupName"]


def unknown_model_error(sagemaker: Any, model: str) -> RegistryError:
    """What to say of a model without versions: the nearest name there is, where the caller may list them."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    said = f"there is no model {model!r} in the registry"
    try:
        known = list(list_model_names(sagemaker))
    except ClientError as error:
        if error.response["Error"]["Code"] not in ACCESS_DENIED:
            raise
        return ModelNotFound(said)
    if model in known:
        return VersionNotFound(f"{model} has no version yet")
    more = f" and {len(known) - MAX_LISTED} more" if len(known) > MAX_LISTED else ""
    there = f". There are: {', '.join(known[:MAX_LISTED]) or 'none yet'}{more}"
    return ModelNotFound(said + (did_you_mean(model, known) or there))


def unknown_version_error(model: str, missing: Iterable[int], known: Iterable[int]) -> VersionNotFound:
    """What to say of versions that are not there: those that are."""
    there = sorted(known)
    some = f"{len(there)}, from {there[0]} to {there[-1]}" if len(there) > MAX_LISTED else ", ".join(map(str, there))
    return VersionNotFound(f"{model} has no version {', '.join(map(str, missing))}. There are: {some}")
