"""A model `churn` with jobs in its reuse index, whose outputs are in embedded S3."""

from __future__ import annotations

from typing import Any

from pushtrain.platform import Platform
from pushtrain.reuse import ReusableJob, add_jobs, hash_outputs
from tests.unit.reuse.reusable import build_job

BUCKET = Platform.local().artifact_bucket
FORGOTTEN = ".forgotten/churn.json"
ENDED = "2026-11-27T08:00:00.000+00:00"


def put_job(s3: Any, step: str, run: str = "r1", **changes: Any) -> ReusableJob:
    """Write the output of a job, 3 bytes, and add the job to the index."""
    name, prefix = f"{step}-{run}", f"churn/runs/{run}/{step}/{step}-{run}"
    s3.put_object(Bucket=BUCKET, Key=f"{prefix}/rows/a.csv", Body=b"abc")
    outputs = hash_outputs(s3, BUCKET, prefix)
    members = {"step": step, "run": run, "name": name, "prefix": prefix, "key": f"key of {name}", "environment": ""}
    job = build_job(**{**members, "ended": ENDED, "outputs": outputs, **changes})
    add_jobs(s3, BUCKET, "churn", [job])
    return job
