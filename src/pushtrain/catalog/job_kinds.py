"""Instances and image of a job, from its Create request or its Describe response. Pure.

Source: CreateTrainingJob and DescribeTrainingJob (ResourceConfig, AlgorithmSpecification), CreateProcessingJob and
DescribeProcessingJob (ProcessingResources.ClusterConfig, AppSpecification).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def read_instances(job: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the members with InstanceType and InstanceCount; empty if the job has none."""
    training: Mapping[str, Any] | None = job.get("ResourceConfig")
    return training or (job.get("ProcessingResources") or {}).get("ClusterConfig") or {}


def read_image(job: Mapping[str, Any]) -> str:
    """Return the image's URI; empty if the job has none."""
    container = job.get("AlgorithmSpecification") or job.get("AppSpecification") or {}
    return str(container.get("TrainingImage") or container.get("ImageUri") or "")
