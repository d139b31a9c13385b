"""Jobs of embedded AWS that have ended, without running a script."""

from __future__ import annotations

from collections.abc import Mapping

from pushtrain.catalog.job_kinds import PROCESSING, TRANSFORM
from pushtrain.hashes import hash_bytes
from pushtrain.local.sagemaker.job_documents import build_key, build_record
from pushtrain.local.storage.store import Store
from pushtrain.platform import Platform


def add_evaluation_job(store: Store, platform: Platform, name: str, files: Mapping[str, bytes]) -> None:
    """Add a processing job that completed, and told SageMaker that it wrote these files: name -> bytes."""
    request = {PROCESSING.name_member: name}
    record = build_record(PROCESSING, request, account=platform.account, region=platform.region)
    named = "".join(f" {file}={hash_bytes(body)}" for file, body in files.items())
    ended = {PROCESSING.status_member: "Completed", "ExitMessage": f"pushtrain-files:{named}\n"}
    store.put("job", build_key(PROCESSING, name), {**record, "describe": {**record["describe"], **ended}})


def add_transform_job(store: Store, platform: Platform, name: str, *, requests: str, answers: str) -> None:
    """Add a transform job that completed. `requests` is the S3 URI of its file, `answers` that of its folder."""
    source = {"S3DataType": "S3Prefix", "S3Uri": requests}
    request = {
        TRANSFORM.name_member: name,
        "TransformInput": {"DataSource": {"S3DataSource": source}},
        "TransformOutput": {"S3OutputPath": answers},
    }
    record = build_record(TRANSFORM, request, account=platform.account, region=platform.region)
    described = {**record["describe"], TRANSFORM.status_member: "Completed"}
    store.put("job", build_key(TRANSFORM, name), {**record, "describe": described})
