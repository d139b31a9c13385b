"""Where SageMaker's requests for jobs, and its answers about them, tell machines and image. Pure.

Source: CreateTrainingJob and DescribeTrainingJob (ResourceConfig, AlgorithmSpecification), CreateProcessingJob and
DescribeProcessingJob (ProcessingResources.ClusterConfig, AppSpecification).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def read_instances(job: Mapping[str, Any]) -> Mapping[str, Any]:
    """InstanceType, InstanceCount and what goes with them; empty where none are told."""
    found: Mapping[str, Any] | None = job.get("ResourceConfig")
    return found or (job.get("ProcessingResources") or {}).get("ClusterConfig") or {}


def read_image(job: Mapping[str, Any]) -> str:
    """The image's address; empty where none is told."""
    found = job.get("AlgorithmSpecification") or job.get("AppSpecification") or {}
    return str(found.get("TrainingImage") or found.get("ImageUri") or "")
