"""Approval event -> what serving reads, `<model>/approved.json`. The only code that writes it.

An event only wakes: status and approver are read from the registry. Each round compares approved.json with the
registry and writes what is wanted on condition that approved.json is still the one compared; the rounds end when
nothing is left to write. So duplicates do nothing, and handlers that meet, or come late, agree in the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from pushtrain import aws
from pushtrain.errors import RegistryError
from pushtrain.platform import Platform
from pushtrain.registry import ModelVersion, find_version, list_approved_arns
from pushtrain.serving.approved_json import StoredDocument, current_key, read_document, write_document
from pushtrain.serving.copy import Approval, copy_to_serving
from pushtrain.serving.event import ApprovalChange, read_event

TOLD = "told"  # in approved.json, false, while people have yet to hear of it
ROUNDS = 20  # each is lost only to another handler of the same model


@dataclass(frozen=True, kw_only=True)
class ServingState:
    """What serving reads after an event; `version` is None when nothing is approved.

    `changed` says whether this event did it; `previous` is the version that served before this one.
    """

    model: str
    version: int | None
    previous: int | None
    changed: bool


def receive(event: Mapping[str, Any], platform: Platform) -> ServingState | None:
    """Take in an EventBridge event; None when it tells of no approval or rejection.

    The version approved last serves. When the one that serves is no longer Approved, the highest version that is
    takes its place, and where there is none approved.json says so: {"version": null}.
    Raises RegistryError when an approved model cannot be copied, or the topic cannot be told: Lambda then delivers
    the event again. That is harmless, and tells the topic what it has not been told: approved.json has `told: false`
    as long.
    """
    change = read_event(event)
    return None if change is None else _settle(change, platform)


def _settle(change: ApprovalChange, platform: Platform) -> ServingState:
    key, written, replaced = current_key(change.model), "", None
    left_out: list[RegistryError] = []
    for _ in range(ROUNDS):
        held = read_document(platform, key)
        wanted = _wanted(change, held, platform, left_out)
        if wanted is None:
            break
        if etag := write_document(platform, key, wanted, instead_of=held):
            written, replaced = etag, held.version
    else:
        raise RegistryError(
            f"{change.model}: {ROUNDS} other decisions were made meanwhile; this one was not taken in. Decide again"
        )
    changed = bool(written) and held.etag == written and held.version != replaced
    if platform.topic and (changed or _untold(held)):
        _tell(platform, held)
    if left_out:
        raise left_out[0]
    previous = held.document.get("previous")
    return ServingState(model=change.model, version=held.version, previous=previous, changed=changed)


def _wanted(
    change: ApprovalChange, held: StoredDocument, platform: Platform, left_out: list[RegistryError]
) -> dict[str, Any] | None:
    """What approved.json should say; None when it says it already."""
    decided = find_version(platform, change.arn)
    serving = None if held.version is None else find_version(platform, held.document["model_package"])
    if _approved(decided):
        approval = _approval(decided, change.changed_at)
        kept = copy_to_serving(platform, decided, approval)
        if _approved(serving) and (approval.approved_at, decided.version) <= (
            held.document["decided_at"],
            held.version,
        ):
            return None
        facts = {"approver": approval.approver, "note": decided.note, "approved_at": approval.approved_at}
        return _current({**kept, **facts}, held, approval.approved_at)
    if held.version is None or _approved(serving):
        return None
    decided_at = max(change.changed_at, held.document["decided_at"])
    return _current(_highest(platform, change.model, left_out), held, decided_at)


def _current(document: Mapping[str, Any], held: StoredDocument, decided_at: str) -> dict[str, Any]:
    """approved.json with the version before it, and when it was decided: what older events are told by."""
    same = document["version"] == held.version
    previous = held.document.get("previous") if same else held.version
    untold = {TOLD: False} if same and _untold(held) else {}
    return {**document, "previous": previous, "decided_at": decided_at, **untold}


def _highest(platform: Platform, model: str, left_out: list[RegistryError]) -> Mapping[str, Any]:
    """The highest Approved version that can be served; why others cannot is added to `left_out`.

    A rejected model must not go on serving because another one cannot be copied.
    """
    for arn in list_approved_arns(platform, model):
        version = find_version(platform, arn)
        if not _approved(version):
            continue
        try:
            return copy_to_serving(platform, version, Approval(approved_at=version.modified))
        except RegistryError as error:
            left_out.append(error)
    return {"model": model, "version": None}


def _approved(version: ModelVersion | None) -> TypeGuard[ModelVersion]:
    return version is not None and version.status == "Approved"


def _approval(version: ModelVersion, said: str) -> Approval:
    """When, by the event; who, by the registry, unless the version was edited since: then it names the editor.

    An event in whole seconds takes the registry's milliseconds, so that two approvals in one second have an order.
    """
    untouched = said in {version.modified, f"{version.modified[:19]}.000+00:00"}
    return (
        Approval(approved_at=version.modified, approver=version.decided_by) if untouched else Approval(approved_at=said)
    )


def _untold(held: StoredDocument) -> bool:
    return held.document.get(TOLD) is False


def _tell(platform: Platform, held: StoredDocument) -> None:
    """Tell the topic what approved.json says, and note there when it could not be told, until it could.

    Who dies between the decision and the message leaves no note: then nobody is told.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - botocore is slow to import

    key = current_key(held.document["model"])
    try:
        _publish(platform, held.document)
    except (BotoCoreError, ClientError) as error:
        if not _untold(held):
            write_document(
                platform, key, {**held.document, TOLD: False}, instead_of=held
            )  # else a newer one tells of itself
        said = f"{_news(held.document)}, but {platform.topic} could not be told: {error}"
        raise RegistryError(said) from error
    if _untold(held):
        write_document(
            platform, key, {name: fact for name, fact in held.document.items() if name != TOLD}, instead_of=held
        )


def _publish(platform: Platform, document: Mapping[str, Any]) -> None:
    """One message."""
    before = f"version {document['previous']}" if document["previous"] else "nothing"
    lines = [f"{_news(document)}; before it was {before}."]
    lines += [f"{name}: {document[name]}" for name in ("approver", "note", "run", "sha256") if document.get(name)]
    aws.client("sns", platform.region).publish(
        TopicArn=platform.topic, Subject=_news(document), Message="\n".join(lines)
    )


def _news(document: Mapping[str, Any]) -> str:
    version = document["version"]
    now = "nothing is approved any more" if version is None else f"version {version} goes to serving"
    return f"{document['model']}: {now}"
