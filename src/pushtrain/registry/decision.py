"""An approver's decision on a model version. The only code that changes an approval status."""

from __future__ import annotations

from typing import Literal

from pushtrain import aws
from pushtrain.errors import RegistryError
from pushtrain.platform import Platform
from pushtrain.registry.four_eyes import read_caller, refuse_own_approval
from pushtrain.registry.versions import ModelVersion, read_version

Status = Literal["Approved", "Rejected"]
NOTE_LIMIT = 1024  # UpdateModelPackage.ApprovalDescription, one line


def decide(platform: Platform, model: str, version: int, status: Status, note: str = "") -> ModelVersion:
    """Approve or reject; the version as it is afterwards. Deciding the same twice changes nothing but the note.

    Raises RegistryError when there is no such version, the note is too long, the registry refuses, or the platform
    wants four eyes and the version to approve is one's own.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    found = read_version(platform, model, version)
    words = " ".join(note.split())
    if len(words) > NOTE_LIMIT:
        raise RegistryError(f"the note has {len(words)} characters; the registry holds {NOTE_LIMIT}. Shorten it")
    if found.status == status and words in {"", found.note}:
        return found
    if status == "Approved" and platform.four_eyes:
        refuse_own_approval(platform, found, read_caller(platform))
    said = {"ApprovalDescription": words or f"{status} without a note"}  # never the note of an earlier decision
    sagemaker = aws.client("sagemaker", platform.region)
    try:
        sagemaker.update_model_package(ModelPackageArn=found.arn, ModelApprovalStatus=status, **said)
    except ClientError as error:
        raise RegistryError(f"{model} version {version}: {error.response['Error'].get('Message', error)}") from error
    return read_version(platform, model, version)
