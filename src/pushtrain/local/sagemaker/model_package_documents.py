"""The documents of model package versions: a new version, an updated one, and one as Describe returns it. Pure.

In: documents of the store and requests of the registry's API. Out: documents. Shapes: botocore's
DescribeModelPackageOutput.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Document = dict[str, Any]
NEVER_DESCRIBED = ("ClientToken", "Tags")


def build_version(group: str, version: int, arn: str) -> Document:
    """Return the members of a new version that AWS sets."""
    details = [{"Name": arn, "Status": "Completed"}]
    return {
        "ModelPackageGroupName": group,
        "ModelPackageVersion": version,
        "ModelPackageArn": arn,
        "ModelPackageStatus": "Completed",
        "ModelPackageStatusDetails": {"ValidationStatuses": details, "ImageScanStatuses": details},
    }


def apply_update(version: Document, request: Mapping[str, Any]) -> Document:
    """Return the version after an UpdateModelPackage: members replaced, metadata merged, lists extended."""
    changes = {key: value for key, value in request.items() if not key.endswith(("ToRemove", "ToAdd"))}
    metadata = {**version.get("CustomerMetadataProperties", {}), **changes.get("CustomerMetadataProperties", {})}
    for key in request.get("CustomerMetadataPropertiesToRemove", ()):
        metadata.pop(key, None)
    specifications = [
        *version.get("AdditionalInferenceSpecifications", ()),
        *request.get("AdditionalInferenceSpecificationsToAdd", ()),
    ]
    merged = {"CustomerMetadataProperties": metadata, "AdditionalInferenceSpecifications": specifications}
    replaced = {key: value for key, value in {**version, **changes}.items() if key not in merged}
    return {**replaced, **{key: value for key, value in merged.items() if value}}


def hide_internal(document: Document) -> Document:
    """Return the document without the members that AWS stores but never describes."""
    return {key: value for key, value in document.items() if key not in NEVER_DESCRIBED}
