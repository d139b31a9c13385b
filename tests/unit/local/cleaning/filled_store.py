"""Fill a store with runs, versions and objects as embedded AWS writes them, without running anything."""

from __future__ import annotations

import io
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pushtrain.layout import build_revision_prefix, build_runs_prefix, build_source_key, build_unfinished_key, build_uri
from pushtrain.local.liveness import describe_this_process
from pushtrain.local.platform import local_platform
from pushtrain.local.storage.blobs import update_link
from pushtrain.local.storage.store import Store
from pushtrain.record.unfinished import UnfinishedStep

PLATFORM = local_platform("", Path(".pushtrain"))
NOW = 1_800_000_000.0
DAY = 86_400.0
CUTOFF = NOW - 30 * DAY


def build_run_id(number: int) -> str:
    return f"{number:012x}-{number:06x}"


def put_object(store: Store, bucket: str, key: str, content: bytes, modified: float, version: str = "v1") -> str:
    """Write an object as `Objects` does, and return the name of its blob."""
    blob = store.put_blob(f"blobs/{os.urandom(16).hex()}", io.BytesIO(content))
    document = {
        "name": key,
        "bucket_name": bucket,
        "_version_id": version,
        "contentsize": len(content),
        "modified": datetime.fromtimestamp(modified, UTC).replace(tzinfo=None).isoformat(),
        "blob": blob.name,
    }
    store.put("object", f"{bucket}/{key}?{version}", document)
    update_link(store.folder, bucket, key, blob)
    return blob.name


def put_run(store: Store, number: int, *, age: float, status: str = "SUCCEEDED", **members: Any) -> str:
    """Write a run of model `churn` that ended `age` days ago, with a job, a report, its push and its packed code."""
    run, revision, ended = (
        put_execution(store, number, age=age, status=status, **members),
        f"{number:064x}",
        NOW - age * DAY,
    )
    put_job(store, run)
    put_object(store, PLATFORM.artifact_bucket, f"{build_runs_prefix('churn')}{run}/report.html", b"report", ended)
    put_object(store, PLATFORM.artifact_bucket, build_source_key("churn", f"{number:032x}"), b"code", ended)
    put_object(store, PLATFORM.code_bucket, f"{build_revision_prefix('churn', revision)}train.py", b"train", ended)
    return run


def put_execution(store: Store, number: int, *, age: float, status: str = "SUCCEEDED", **members: Any) -> str:
    """Write the execution of a run that ended `age` days ago."""
    run, revision, ended = build_run_id(number), f"{number:064x}", NOW - age * DAY
    source = build_source_key("churn", f"{number:032x}")
    request = {
        "run": run,
        "model": "churn",
        "revision": revision,
        "code": build_uri(PLATFORM.artifact_bucket, source),
        **members,
    }
    arn = f"arn:aws:states:us-east-1:123456789012:execution:pushtrain-churn:{run}"
    document = {
        "executionArn": arn,
        "name": run,
        "status": status,
        "startDate": ended - 60,
        "input": json.dumps(request),
        "process": describe_this_process(),
    }
    store.put("execution", arn, document if status == "RUNNING" else {**document, "stopDate": ended})
    store.put("history", arn, {"events": []})
    return run


def put_job(store: Store, run: str) -> None:
    name = f"pushtrain-churn-train-{run}-0-0"
    path = build_uri(PLATFORM.artifact_bucket, f"{build_runs_prefix('churn')}{run}/train")
    request = {"TrainingJobName": name, "OutputDataConfig": {"S3OutputPath": path}}
    store.put("job", f"training/{name}", {"kind": "training", "name": name, "request": request, "describe": {}})
    log = store.folder / "jobs" / name / "log.txt"
    log.parent.mkdir(parents=True)
    log.write_text("epoch 1\n", encoding="utf-8")


def put_version(store: Store, number: int, run: str, *, age: float, status: str = "PendingManualApproval") -> str:
    """Write a version of model `churn` that a run registered `age` days ago, and return its ARN."""
    arn = f"arn:aws:sagemaker:us-east-1:123456789012:model-package/pushtrain-churn/{number}"
    document = {
        "ModelPackageGroupName": "pushtrain-churn",
        "ModelPackageVersion": number,
        "ModelPackageArn": arn,
        "ModelApprovalStatus": status,
        "CreationTime": NOW - age * DAY,
        "CustomerMetadataProperties": {"run": run},
    }
    store.put("model-package", arn, document)
    return arn


def put_unfinished(store: Store, run: str, *, modified: float = NOW - 40 * DAY, version: str = "v1") -> str:
    """Write the document that names the checkpoints of a run, and return its key."""
    key = build_unfinished_key("churn", "train", "8d969e")
    content = UnfinishedStep(runs=(run,), checkpoints=run).to_json().encode()
    put_object(store, PLATFORM.artifact_bucket, key, content, modified, version)
    return key
