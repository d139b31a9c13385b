"""The decisions about each model version: a list in the serving bucket, to which the approval handler only adds.

Each decision is an object of its own, `<model>/<version>/decisions/<time>-<status>.json`, which is written once. The
registry keeps only the last decision of a version, and whoever decides next replaces its note.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

from pushtrain import aws
from pushtrain.decide import ConditionResult
from pushtrain.layout import build_decision_key, build_decisions_prefix
from pushtrain.parallel import call_all
from pushtrain.platform import Platform
from pushtrain.record.document import read_document as parse_document
from pushtrain.registry import ModelVersion
from pushtrain.serving.approved_json import StoredDocument, serving_bucket, write_document
from pushtrain.serving.event import ApprovalChange

SCHEMA = 1  # of a decision; a new member with a default value needs no new number
DECIDED = frozenset({"Approved", "Rejected"})


class Decision(Struct, frozen=True, kw_only=True):
    """A version was approved or rejected at `decided_at` (ISO 8601 in UTC).

    `approver` and `note` are empty if the version was changed again before the handler saw this decision: the registry
    has only the last change. `gate` has the conditions that the version was registered with, `environment` is that of
    the platform.
    """

    model: str
    version: int
    status: str
    decided_at: str
    approver: str
    note: str
    environment: str
    gate: tuple[ConditionResult, ...]

    @property
    def approver_name(self) -> str:
        """The last part of the approver's ARN: the name of a user or of a role's session."""
        return self.approver.rpartition("/")[2]

    def to_document(self) -> dict[str, Any]:
        """Return the members as JSON has them."""
        document: dict[str, Any] = msgspec.to_builtins(self)
        return document


def record_decision(platform: Platform, change: ApprovalChange, decided: ModelVersion, decided_at: str) -> None:
    """Add the decision of an event to the list, unless it is there: an event may come twice."""
    status = change.status or decided.status
    if status not in DECIDED:
        return
    is_last = decided.status == status and change.is_last_change(decided.modified)
    decision = Decision(
        model=decided.model,
        version=decided.version,
        status=status,
        decided_at=decided_at,
        approver=decided.decided_by if is_last else "",
        note=decided.note if is_last else "",
        environment=platform.environment,
        gate=decided.verdict.conditions if decided.verdict else (),
    )
    key = build_decision_key(decided.model, decided.version, decided_at, status)
    write_document(platform, key, {"schema": SCHEMA, **decision.to_document()}, expected=StoredDocument())


def read_decisions(platform: Platform, model: str, version: int) -> Sequence[Decision]:
    """Return the decisions about a version, oldest first."""
    if not platform.serving_bucket:
        return ()
    s3, bucket = aws.client("s3", platform.region), serving_bucket(platform)
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=build_decisions_prefix(model, version))
    keys = [listed["Key"] for page in pages for listed in page.get("Contents", ())]

    def read(key: str) -> Decision:
        return parse_document(Decision, s3.get_object(Bucket=bucket, Key=key)["Body"].read(), SCHEMA)

    return tuple(sorted(call_all(read, keys), key=lambda decision: decision.decided_at))
