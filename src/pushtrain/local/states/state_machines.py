"""State machines and their versions, kept in the store so that every process sees the same ones.

In: requests of CreateStateMachine, UpdateStateMachine, PublishStateMachineVersion. Out: the stored documents, and the
ResolvedStateMachine that a given ARN runs. It checks no definition and runs nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from pushtrain.local.api import ApiError, RequestScope
from pushtrain.local.storage.store import Store

CONFIGURATIONS = {
    "loggingConfiguration": {"level": "OFF", "includeExecutionData": False},
    "tracingConfiguration": {"enabled": False},
    "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
}
ARN_PARTS = 7  # arn:aws:states:REGION:ACCOUNT:stateMachine:NAME, then a version or an alias
# What makes two machines the same (API reference of CreateStateMachine): roleArn and tags do not count.
SAME = ("definition", "type", *CONFIGURATIONS)


@dataclass(frozen=True, kw_only=True)
class ResolvedStateMachine:
    """What one ARN runs. `arn` is unqualified; `version_arn` is None for the machine's current definition."""

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

    def create(self, request: Mapping[str, Any], place: RequestScope) -> dict[str, Any]:
        """Makes a machine, or gives the one of that name when it is the same.

        Raises ApiError: StateMachineAlreadyExists when it is not.
        """
        arn = f"arn:aws:states:{place.region}:{place.account}:stateMachine:{request['name']}"
        made = _new(arn, request)
        with self._store.write_lock():
            document = self._store.get("machine", arn)
            if document is None:
                document = made
            elif any(document[key] != made[key] for key in SAME):
                raise ApiError("StateMachineAlreadyExists", f"State Machine Already Exists: '{arn}'")
            if request.get("publish"):
                _publish(document, request.get("versionDescription"))
            self._store.put("machine", arn, document)
        return document

    def update(self, arn: str, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Changes definition, role or configurations. Raises ApiError: StateMachineDoesNotExist."""
        fresh = {key: changes[key] for key in ("definition", "roleArn", *CONFIGURATIONS) if changes.get(key)}

        def change(document: dict[str, Any]) -> None:
            document |= {**fresh, "updateDate": time.time(), "revisionId": str(uuid4())}
            if changes.get("publish"):
                _publish(document, changes.get("versionDescription"))

        return self._changed(arn, change)

    def publish(self, arn: str, description: str | None, revision: str | None) -> dict[str, Any]:
        """Makes a version of the current definition, unless it is one already; gives the version.

        Raises ApiError: StateMachineDoesNotExist, or ConflictException when `revision` is not the current one.
        """

        def change(document: dict[str, Any]) -> None:
            if revision is not None and revision != document["revisionId"]:
                raise ApiError("ConflictException", f"{arn} is at revision {document['revisionId']}, not {revision}")
            _publish(document, description)

        version: dict[str, Any] = self._changed(arn, change)["versions"][-1]
        return version

    def tag(self, arn: str, tags: Mapping[str, str]) -> None:
        """Adds tags. Raises ApiError: StateMachineDoesNotExist."""
        self._changed(arn, lambda document: document["tags"].update(tags))

    def get(self, arn: str) -> dict[str, Any]:
        """The document of an unqualified ARN. Raises ApiError: StateMachineDoesNotExist."""
        document = self._store.get("machine", arn)
        if document is None:
            raise _missing(arn)
        return document

    def resolve(self, arn: str) -> ResolvedStateMachine:
        """What an ARN runs: a version's own definition for `...:name:3`. Raises ApiError: StateMachineDoesNotExist."""
        parts = arn.split(":")
        unqualified, qualifier = ":".join(parts[:ARN_PARTS]), ":".join(parts[ARN_PARTS:])
        document = chosen = self.get(unqualified)
        if qualifier:
            found = [version for version in document["versions"] if str(version["version"]) == qualifier]
            if not found:
                raise _missing(arn)
            chosen = found[0]
        return ResolvedStateMachine(
            arn=unqualified,
            version_arn=arn if qualifier else None,
            name=document["name"],
            definition=chosen["definition"],
            role=chosen["roleArn"],
            sm_type=document["type"],
            document={**document, **chosen},
        )

    def list_all(self) -> list[dict[str, Any]]:
        """Every machine, oldest first."""
        return [document for _, document in self._store.list_all("machine")]

    def delete(self, arn: str) -> None:
        """Forgets a machine; one that is not there is no error, as on AWS."""
        self._store.remove("machine", arn)

    def delete_version(self, arn: str) -> None:
        """Forgets a version; its number is never given again, and one that is not there is no error, as on AWS.

        Raises ApiError: StateMachineDoesNotExist.
        """
        machine, _, number = arn.rpartition(":")

        def change(document: dict[str, Any]) -> None:
            document["versions"] = [each for each in document["versions"] if str(each["version"]) != number]

        self._changed(machine, change)

    def _changed(self, arn: str, change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        with self._store.write_lock():
            document = self.get(arn)
            change(document)
            self._store.put("machine", arn, document)
        return document


def _new(arn: str, request: Mapping[str, Any]) -> dict[str, Any]:
    now = time.time()
    return {
        "arn": arn,
        "name": request["name"],
        "definition": request["definition"],
        "roleArn": request["roleArn"],
        "type": request.get("type", "STANDARD"),
        **{key: request.get(key) or default for key, default in CONFIGURATIONS.items()},
        "tags": {tag["key"]: tag["value"] for tag in request.get("tags", [])},
        "creationDate": now,
        "updateDate": now,
        "revisionId": str(uuid4()),
        "lastVersion": 0,
        "versions": [],
    }


def _publish(document: dict[str, Any], description: str | None) -> None:
    """Adds a version; a revision that has one gets no second (API reference of PublishStateMachineVersion)."""
    versions = document["versions"]
    if versions and versions[-1]["revisionId"] == document["revisionId"]:
        return
    document["lastVersion"] += 1
    kept = {key: document[key] for key in ("definition", "roleArn", "revisionId", *CONFIGURATIONS)}
    said = {"description": description} if description else {}
    versions.append({"version": document["lastVersion"], "creationDate": time.time(), **kept, **said})


def _missing(arn: str) -> ApiError:
    return ApiError("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")
