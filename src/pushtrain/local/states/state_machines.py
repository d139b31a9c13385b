"""State machines and their versions. They are kept in the store, so that every process sees the same ones.

In: requests of CreateStateMachine, UpdateStateMachine, PublishStateMachineVersion. Out: the stored documents, and the
ResolvedStateMachine of an ARN. This module does not check definitions and runs nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from msgspec import Struct

from pushtrain.local.api import ApiError, RequestScope
from pushtrain.local.storage.store import Store

CONFIGURATIONS = {
    "loggingConfiguration": {"level": "OFF", "includeExecutionData": False},
    "tracingConfiguration": {"enabled": False},
    "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
}
ARN_PARTS = 7  # arn:aws:states:REGION:ACCOUNT:stateMachine:NAME, then a version or an alias
# Two state machines are the same if these members are equal (API reference of CreateStateMachine), whatever their
# roleArn and tags are.
IDENTITY_KEYS = ("definition", "type", *CONFIGURATIONS)


class ResolvedStateMachine(Struct, frozen=True, kw_only=True):
    """The definition and role that an ARN runs.

    `arn` is unqualified. `version_arn` is None if the ARN has no version: then the current definition runs. `sm_type`
    is STANDARD or EXPRESS; moto reads it under this name.
    """

    arn: str
    version_arn: str | None
    name: str
    definition: str
    role: str
    sm_type: str
    document: Mapping[str, Any]


class StateMachines:
    """The state machines of the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def create(self, request: Mapping[str, Any], scope: RequestScope) -> dict[str, Any]:
        """Create a state machine, or return the existing one of this name if it is the same.

        Raises ApiError (StateMachineAlreadyExists) if the existing one differs.
        """
        arn = f"arn:aws:states:{scope.region}:{scope.account}:stateMachine:{request['name']}"
        new_document = _build_document(arn, request)
        with self._store.write_lock():
            document = self._store.get("machine", arn)
            if document is None:
                document = new_document
            elif any(document[key] != new_document[key] for key in IDENTITY_KEYS):
                raise ApiError("StateMachineAlreadyExists", f"State Machine Already Exists: '{arn}'")
            if request.get("publish"):
                _publish(document, request.get("versionDescription"))
            self._store.put("machine", arn, document)
        return document

    def update(self, arn: str, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Change definition, role or configurations. Raises ApiError: StateMachineDoesNotExist."""
        members = {key: changes[key] for key in ("definition", "roleArn", *CONFIGURATIONS) if changes.get(key)}

        def change(document: dict[str, Any]) -> None:
            document |= {**members, "updateDate": time.time(), "revisionId": str(uuid4())}
            if changes.get("publish"):
                _publish(document, changes.get("versionDescription"))

        return self._change(arn, change)

    def publish(self, arn: str, description: str | None, revision_id: str | None) -> dict[str, Any]:
        """Return the version of the current definition. Create it if there is none.

        Raises ApiError: StateMachineDoesNotExist, or ConflictException if `revision_id` is not the current one.
        """

        def change(document: dict[str, Any]) -> None:
            if revision_id is not None and revision_id != document["revisionId"]:
                raise ApiError("ConflictException", f"{arn} is at revision {document['revisionId']}, not {revision_id}")
            _publish(document, description)

        version: dict[str, Any] = self._change(arn, change)["versions"][-1]
        return version

    def tag(self, arn: str, tags: Mapping[str, str]) -> None:
        """Add tags. Raises ApiError: StateMachineDoesNotExist."""
        self._change(arn, lambda document: document["tags"].update(tags))

    def get(self, arn: str) -> dict[str, Any]:
        """Return the document of an unqualified ARN. Raises ApiError: StateMachineDoesNotExist."""
        document = self._store.get("machine", arn)
        if document is None:
            raise _does_not_exist(arn)
        return document

    def resolve(self, arn: str) -> ResolvedStateMachine:
        """Return what an ARN runs: for `...:name:3` the definition of version 3, else the current definition.

        Raises ApiError: StateMachineDoesNotExist.
        """
        parts = arn.split(":")
        unqualified, qualifier = ":".join(parts[:ARN_PARTS]), ":".join(parts[ARN_PARTS:])
        document = current = self.get(unqualified)
        if qualifier:
            versions = [version for version in document["versions"] if str(version["version"]) == qualifier]
            if not versions:
                raise _does_not_exist(arn)
            current = versions[0]
        return ResolvedStateMachine(
            arn=unqualified,
            version_arn=arn if qualifier else None,
            name=document["name"],
            definition=current["definition"],
            role=current["roleArn"],
            sm_type=document["type"],
            document={**document, **current},
        )

    def list_all(self) -> list[dict[str, Any]]:
        """Return every state machine, the oldest first."""
        return [document for _, document in self._store.list_all("machine")]

    def delete(self, arn: str) -> None:
        """Delete a state machine. As on AWS, it is no error if there is none."""
        self._store.remove("machine", arn)

    def delete_version(self, arn: str) -> None:
        """Delete a version. Its number is never used again. As on AWS, it is no error if there is no such version.

        Raises ApiError: StateMachineDoesNotExist.
        """
        state_machine_arn, _, number = arn.rpartition(":")

        def change(document: dict[str, Any]) -> None:
            document["versions"] = [version for version in document["versions"] if str(version["version"]) != number]

        self._change(state_machine_arn, change)

    def _change(self, arn: str, change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        with self._store.write_lock():
            document = self.get(arn)
            change(document)
            self._store.put("machine", arn, document)
        return document


def _build_document(arn: str, request: Mapping[str, Any]) -> dict[str, Any]:
    moment = time.time()
    return {
        "arn": arn,
        "name": request["name"],
        "definition": request["definition"],
        "roleArn": request["roleArn"],
        "type": request.get("type", "STANDARD"),
        **{key: request.get(key) or default for key, default in CONFIGURATIONS.items()},
        "tags": {tag["key"]: tag["value"] for tag in request.get("tags", [])},
        "creationDate": moment,
        "updateDate": moment,
        "revisionId": str(uuid4()),
        "lastVersion": 0,
        "versions": [],
    }


def _publish(document: dict[str, Any], description: str | None) -> None:
    """Add a version, unless this revision has one already (API reference of PublishStateMachineVersion)."""
    versions = document["versions"]
    if versions and versions[-1]["revisionId"] == document["revisionId"]:
        return
    document["lastVersion"] += 1
    version = {key: document[key] for key in ("definition", "roleArn", "revisionId", *CONFIGURATIONS)}
    if description:
        version["description"] = description
    versions.append({"version": document["lastVersion"], "creationDate": time.time(), **version})


def _does_not_exist(arn: str) -> ApiError:
    return ApiError("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")
