"""A job of the reuse index, to be changed by tests."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from pushtrain.reuse import ReusableJob

PARTS = {"template": "t", "files": "f", "image": "i", "settings": "s", "inputs": "n", "outputs": "o"}
JOB = ReusableJob(
    step="train",
    key="k1",
    parts=PARTS,
    environment="dev",
    run="r1",
    name="job-1",
    arn="arn:aws:sagemaker:us-east-1:123456789012:training-job/job-1",
    prefix="churn/runs/r1/train/job-1",
    sources={"split": "split-1"},
    ended="2026-11-27T08:00:00.000+00:00",
    outputs="hash-1",
)


def build_job(**changes: Any) -> ReusableJob:
    """Return the job with other members."""
    return replace(JOB, **changes)
