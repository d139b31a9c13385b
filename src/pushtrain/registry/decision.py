"""Approve or reject a model version. No other code changes an approval status."""

from __future__ import annotations

from typing import Literal, get_args

from pushtrain import aws
from pushtrain.errors import RegistryError
from pushtrain.platform import Platform
from pushtrain.registry.four_eyes import read_caller, refuse_own_approval
from pushtrain.registry.versions import ModelVersion, read_version
from pushtrain.visible import find_control

Status = Literal["Approved", "Rejected"]
WITHOUT_NOTE = " without a note"  # after the status: the description of a decision for which nobody gave a reason
NOTE_LIMIT = 1024  # characters of UpdateModelPackage's ApprovalDescription, on one line


def decide(
    platform: Platform, model: str, version: int, status: Status, note: str = "", *, repeat: bool = False
) -> ModelVersion:
    """Approve or reject a version and return it as it is afterwards.

    Repeating a decision changes only the note; with `repeat`, it is made again, which invokes the approval handler
    again. Raises RegistryError if the version does not exist, the note is too long, has a character that cannot be seen
    or is missing although the platform has `require_notes`, the registry refuses, or the platform has `four_eyes` and
    the caller made this version.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    current = read_version(platform, model, version)
    note_line = " ".join(note.split())
    if len(note_line) > NOTE_LIMIT:
        raise RegistryError(f"the note has {len(note_line)} characters; the registry allows {NOTE_LIMIT}. Shorten it")
    if control := find_control(note_line):
        raise RegistryError(
            f"the note has the character {control}, which cannot be seen. Write it without this character"
        )
    if current.status == status and note_line in {"", current.note} and not repeat:
        return current
    if repeat and not note_line:
        note_line = current.note
    if platform.require_notes and is_empty_note(note_line):
        raise RegistryError('this platform requires a reason for each decision: say it with --note "…"')
    if status == "Approved" and platform.four_eyes:
        refuse_own_approval(platform, current, read_caller(platform))
    description = note_line or f"{status}{WITHOUT_NOTE}"  # replaces the note of an earlier decision
    sagemaker = aws.client("sagemaker", platform.region)
    try:
        sagemaker.update_model_package(
            ModelPackageArn=current.arn, ModelApprovalStatus=status, ApprovalDescription=description
        )
    except ClientError as error:
        raise RegistryError(f"{model} version {version}: {error.response['Error'].get('Message', error)}") from error
    return read_version(platform, model, version)


def is_empty_note(note: str) -> bool:
    """Return True if a description in the registry says no more than the status."""
    return note.strip() in {"", *(f"{status}{WITHOUT_NOTE}" for status in get_args(Status))}
