"""Handle an approval event: update `<model>/approved.json`, which serving reads. No other code writes it.

The event only says that something changed; status and approver are read from the registry. Each round compares
approved.json with the registry and writes it only if nobody else wrote meanwhile. The rounds end when nothing is left
to write. So duplicate, late and simultaneous events all lead to the same document.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeGuard

from msgspec import Struct

from pushtrain.errors import RegistryError
from pushtrain.layout import build_approved_key
from pushtrain.platform import Platform
from pushtrain.registry import ModelVersion, find_version, list_approved_arns
from pushtrain.serving.announcement import ANNOUNCED_KEY, announce, is_unannounced
from pushtrain.serving.approved_json import StoredDocument, read_document, write_document
from pushtrain.serving.copy import Approval, copy_to_serving
from pushtrain.serving.decisions import read_decisions, record_decision
from pushtrain.serving.event import ApprovalChange, read_event

ROUNDS = 20  # a round fails only if another handler of the same model was faster


class ServingState(Struct, frozen=True, kw_only=True):
    """What serving reads after an event; `version` is None if no version is approved.

    `changed`: this event changed the version. `previous`: the version in serving before this one.
    """

    model: str
    version: int | None
    previous: int | None
    changed: bool


def receive(event: Mapping[str, Any], platform: Platform) -> ServingState | None:
    """Handle an EventBridge event; returns None if it is no approval or rejection of this platform's.

    The version that was approved last goes to serving. If the version in serving is no longer Approved, the highest
    Approved version replaces it. If there is none, approved.json says so: {"version": null}.
    Raises RegistryError if an approved model cannot be copied or the topic cannot be reached. Lambda then delivers the
    event again, which is harmless: `told: false` in approved.json remembers that the message is still to be sent.
    """
    change = read_event(event, platform)
    return None if change is None else _update_serving(change, platform)


def _update_serving(change: ApprovalChange, platform: Platform) -> ServingState:
    key, new_etag, replaced_version = build_approved_key(change.model), "", None
    copy_errors: list[RegistryError] = []
    if decided := find_version(platform, change.arn):
        record_decision(platform, change, decided, _bound_time(change, decided))
    for _ in range(ROUNDS):
        current = read_document(platform, key)
        document = _build_document(change, current, platform, copy_errors)
        if document is None:
            break
        if etag := write_document(platform, key, document, expected=current):
            new_etag, replaced_version = etag, current.version
    else:
        raise RegistryError(
            f"{change.model}: {ROUNDS} other decisions were made meanwhile, so this one has no effect. Decide again"
        )
    changed = bool(new_etag) and current.etag == new_etag and current.version != replaced_version
    if platform.topic and is_unannounced(current):
        announce(platform, current)
    if copy_errors:
        raise copy_errors[0]
    previous = current.document.get("previous")
    return ServingState(model=change.model, version=current.version, previous=previous, changed=changed)


def _build_document(
    change: ApprovalChange, current: StoredDocument, platform: Platform, copy_errors: list[RegistryError]
) -> dict[str, Any] | None:
    """Return the new approved.json; None if it need not change."""
    decided = find_version(platform, change.arn)
    serving = None if current.version is None else find_version(platform, current.document["model_package"])
    changed_at = _bound_time(change, decided)
    if _is_approved(decided):
        approval = _read_approval(decided, change, changed_at)
        copied = copy_to_serving(platform, decided, approval)
        if _is_approved(serving) and (approval.approved_at, decided.version) <= (
            current.document["decided_at"],
            current.version,
        ):
            return None
        facts = {"approver": approval.approver, "note": decided.note, "approved_at": approval.approved_at}
        return _add_history({**copied, **facts}, current, approval.approved_at, platform)
    if current.version is None or _is_approved(serving):
        return None
    decided_at = max(changed_at, current.document["decided_at"])
    return _add_history(_copy_highest(platform, change.model, copy_errors), current, decided_at, platform)


def _add_history(
    document: Mapping[str, Any], current: StoredDocument, decided_at: str, platform: Platform
) -> dict[str, Any]:
    """Add the previous version, all decisions about the version, when the last was made, and `told: false`.

    The mark is written together with the decision: if the process dies before the message, a later event sends it.
    """
    is_same_version = document["version"] == current.version
    previous = current.document.get("previous") if is_same_version else current.version
    is_news = not is_same_version or is_unannounced(current)
    announcement = {ANNOUNCED_KEY: False} if is_news and platform.topic else {}
    decisions = read_decisions(platform, document["model"], document["version"]) if document["version"] else ()
    listed = [decision.to_document() for decision in decisions]
    return {**document, "previous": previous, "decided_at": decided_at, "decisions": listed, **announcement}


def _copy_highest(platform: Platform, model: str, copy_errors: list[RegistryError]) -> Mapping[str, Any]:
    """Copy the highest Approved version that can be copied; errors of the others go to `copy_errors`.

    A failed copy must not keep a rejected model in serving. The approver is who changed the version last, which with
    `four_eyes` must be another person than its maker.
    """
    for arn in list_approved_arns(platform, model):
        version = find_version(platform, arn)
        if not _is_approved(version):
            continue
        try:
            return copy_to_serving(
                platform, version, Approval(approved_at=version.modified, approver=version.decided_by)
            )
        except RegistryError as error:
            copy_errors.append(error)
    return {"model": model, "version": None}


def _is_approved(version: ModelVersion | None) -> TypeGuard[ModelVersion]:
    return version is not None and version.status == "Approved"


def _bound_time(change: ApprovalChange, decided: ModelVersion | None) -> str:
    """Return when the change was made. No change is later than the registry's last one, whatever the event says."""
    return min(change.changed_at, decided.modified if decided else _format_now())


def _read_approval(version: ModelVersion, change: ApprovalChange, changed_at: str) -> Approval:
    """Return when the version was approved (by the event) and by whom (by the registry).

    If the version was edited since, the registry names the editor, so the approver is unknown. An event in whole
    seconds gets the registry's milliseconds, so that two approvals in one second have an order.
    """
    if change.is_last_change(version.modified):
        return Approval(approved_at=version.modified, approver=version.decided_by)
    return Approval(approved_at=changed_at)


def _format_now() -> str:
    """Return the time now, as ModelVersion has times."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
