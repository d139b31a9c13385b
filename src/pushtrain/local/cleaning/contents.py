"""Read what a store holds, as values that say what belongs to which run.

In: an open Store and its platform. Out: StoreContents. Changes nothing.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

from pushtrain.layout import is_unfinished_key, split_uri
from pushtrain.local.liveness import is_alive
from pushtrain.local.sagemaker import job_documents
from pushtrain.local.storage.store import Store
from pushtrain.platform import Platform
from pushtrain.record.unfinished import UnfinishedStep
from pushtrain.runs.outputs import find_job_folder

RUN_ID = re.compile(r"\b[0-9a-f]{12}-[0-9a-f]{6}\b")


class StoredRun(Struct, frozen=True, kw_only=True):
    """A run. `ended` is in epoch seconds; None while it runs. `source` is the S3 URI of its packed code.

    `needed_runs` are the runs whose results or checkpoints its jobs read.
    """

    arn: str
    model: str
    run: str
    revision: str
    source: str
    ended: float | None
    needed_runs: frozenset[str]


class StoredVersion(Struct, frozen=True, kw_only=True):
    """A model version. `created` is in epoch seconds. `needed_runs` are the runs that its document names."""

    arn: str
    model: str
    number: int
    status: str
    created: float
    needed_runs: frozenset[str]


class StoredObject(Struct, frozen=True, kw_only=True):
    """One version of an S3 object. `size` is in bytes, `modified` in epoch seconds. A delete marker has no blob."""

    document_key: str
    bucket: str
    key: str
    blob: str
    size: int
    modified: float


class StoredJob(Struct, frozen=True, kw_only=True):
    """A job. `folder` is the key of the S3 folder with its outputs; empty if it has none."""

    document_key: str
    name: str
    folder: str


class StoreContents(Struct, frozen=True, kw_only=True):
    """Everything in a store that `pushtrain clean` may delete.

    `unfinished` has the documents about checkpoints by the model and run that has the checkpoints.
    """

    runs: Sequence[StoredRun]
    versions: Sequence[StoredVersion]
    objects: Sequence[StoredObject]
    jobs: Sequence[StoredJob]
    unfinished: Mapping[tuple[str, str], Sequence[StoredObject]]


def read_contents(store: Store, platform: Platform) -> StoreContents:
    """Return what the store holds. Executions that no push has started are left out."""
    objects = [_read_object(key, document) for key, document in store.list_all("object")]
    versions = [_read_version(document, platform) for _, document in store.list_all("model-package")]
    return StoreContents(
        runs=[run for _, document in store.list_all("execution") if (run := _read_run(document))],
        versions=[version for version in versions if version.model],
        objects=objects,
        jobs=[_read_job(key, record) for key, record in store.list_all("job")],
        unfinished=_read_unfinished(objects, store, platform),
    )


def _read_run(document: Mapping[str, Any]) -> StoredRun | None:
    """Return the run of an execution; None if its input is not that of a push."""
    members = json.loads(document["input"])
    if not isinstance(members, dict) or not {"run", "model", "revision", "code"} <= members.keys():
        return None
    is_live = document["status"] == "RUNNING" and is_alive(document["process"])
    return StoredRun(
        arn=document["executionArn"],
        model=members["model"],
        run=members["run"],
        revision=members["revision"],
        source=members["code"],
        ended=None if is_live else document.get("stopDate", document["startDate"]),
        needed_runs=frozenset(RUN_ID.findall(document["input"])) - {members["run"]},
    )


def _read_version(document: Mapping[str, Any], platform: Platform) -> StoredVersion:
    return StoredVersion(
        arn=document["ModelPackageArn"],
        model=platform.parse_group_name(document["ModelPackageGroupName"]),
        number=document["ModelPackageVersion"],
        status=document.get("ModelApprovalStatus", ""),
        created=document["CreationTime"],
        needed_runs=frozenset(RUN_ID.findall(json.dumps(document))),
    )


def _read_object(document_key: str, document: Mapping[str, Any]) -> StoredObject:
    return StoredObject(
        document_key=document_key,
        bucket=document["bucket_name"],
        key=document["name"],
        blob=document.get("blob", ""),
        size=document.get("contentsize") or 0,
        modified=datetime.fromisoformat(document["modified"]).replace(tzinfo=UTC).timestamp(),
    )


def _read_job(document_key: str, record: Mapping[str, Any]) -> StoredJob:
    folder = find_job_folder(job_documents.read_kind(record), record["request"])
    return StoredJob(document_key=document_key, name=record["name"], folder=split_uri(folder)[1] if folder else "")


def _read_unfinished(
    objects: Sequence[StoredObject], store: Store, platform: Platform
) -> Mapping[tuple[str, str], Sequence[StoredObject]]:
    """Return all versions of each document about checkpoints, by the run that the newest version names."""
    versions_by_key: dict[str, list[StoredObject]] = defaultdict(list)
    for stored in objects:
        if stored.bucket == platform.artifact_bucket and is_unfinished_key(stored.key):
            versions_by_key[stored.key].append(stored)
    by_run: dict[tuple[str, str], list[StoredObject]] = defaultdict(list)
    for key, versions in versions_by_key.items():
        if run := _read_checkpoints_run(store.folder / "blobs" / versions[-1].blob):
            by_run[key.partition("/")[0], run].extend(versions)
    return by_run


def _read_checkpoints_run(blob: Path) -> str:
    """Return the run that has the checkpoints; empty if there are none, or if the document cannot be read."""
    try:
        return UnfinishedStep.from_json(blob.read_bytes()).checkpoints or ""
    except (OSError, ValueError):
        return ""
