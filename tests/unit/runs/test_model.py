"""Runs and jobs as values."""

from __future__ import annotations

from pushtrain.catalog import job_kinds
from pushtrain.runs.model import Job


def test_the_log_of_a_job_is_its_group_and_the_prefix_of_its_streams() -> None:
    job = Job(step="train", name="churn-train-1", kind=job_kinds.TRAINING, status="Failed", seconds=1.0)
    assert job.log == "/aws/sagemaker/TrainingJobs:churn-train-1/"
