"""Where a job writes: the S3 URIs of its outputs and the folder that has them. Pure.

In: a job's kind, and its Create request or Describe response. Out: S3 URIs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pushtrain.catalog.job_fields import read_output_job, read_path
from pushtrain.catalog.job_kind import JobKind
from pushtrain.catalog.job_kinds import TRAINING, TRANSFORM, TUNING


def list_output_uris(kind: JobKind, job: Mapping[str, Any]) -> dict[str, str]:
    """Return the S3 URIs of a job's outputs by their names. A training job has `model` once it has written one."""
    outputs = read_path(job, kind.outputs).get("Outputs", ())
    uris = {output["OutputName"]: output.get("S3Output", {}).get("S3Uri", "") for output in outputs}
    if kind is TRANSFORM and (uri := read_path(job, kind.outputs).get("S3OutputPath")):
        uris[uri.rstrip("/").rpartition("/")[2]] = uri
    if kind is TUNING and (folder := find_job_folder(kind, job)):
        uris["model"] = f"{folder}/{TRAINING.build_output_path('model')}"
    uris["model"] = uris.get("model") or job.get("ModelArtifacts", {}).get("S3ModelArtifacts", "")
    return {name: uri for name, uri in uris.items() if uri}


def find_job_folder(kind: JobKind, job: Mapping[str, Any]) -> str:
    """Return the S3 URI of the folder that is named after the job and has its outputs; empty if there is none.

    That of a tuning job is the folder of its best trial.
    """
    name = read_output_job(kind, job)
    root = read_path(job, kind.outputs).get("S3OutputPath")  # SageMaker appends the name of a training job
    if not name:
        return ""
    uris = [f"{root}/{name}"] if root and kind is not TRANSFORM else [*list_output_uris(kind, job).values()]
    before, separator, after = next(iter(uris), "").partition(f"/{name}")
    return f"{before}{separator}" if name and separator and after[:1] in {"", "/"} else ""
