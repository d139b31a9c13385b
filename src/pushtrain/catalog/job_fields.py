"""Read the request or the description of a job, whatever its kind: instances, image, outputs, spot, missing capacity.

Source: the API shapes of Create…Job and Describe…Job.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pushtrain.catalog.job_kind import JobKind, Path
from pushtrain.catalog.job_kinds import BEST_TRIAL, CAPACITY_ERROR, KINDS, TRAINING, TUNING

_CHOSEN = ("InstanceType", "InstanceCount")  # Describe has SelectedInstanceType and SelectedInstanceCount


def read_path(request: Mapping[str, Any], path: Path) -> Any:
    """Return what is at `path`; an empty mapping if there is nothing, the request itself if the path is empty."""
    part: Any = request
    for member in path:
        part = part.get(member) or {}
    return part


def read_instances(job: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the members with InstanceType and InstanceCount of a job of any kind; empty if it has none.

    If SageMaker has chosen from InstancePreferences, they are those that it chose.
    """
    parts = (read_path(job, kind.instances) for kind in KINDS)
    instances: Mapping[str, Any] = next((part for part in parts if part), {})
    chosen = {name: instances[f"Selected{name}"] for name in _CHOSEN if f"Selected{name}" in instances}
    return {**instances, **chosen} if chosen else instances


def list_instance_types(instances: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the instance types of what `read_instances` returns: one, or those of InstancePreferences in their order.

    Empty if only the run knows the type.
    """
    preferences = instances.get("InstancePreferences", ())
    types = [instances] if "InstanceType" in instances else preferences
    return tuple(group["InstanceType"] for group in types if "InstanceType" in group)


def count_instances(instances: Mapping[str, Any]) -> int:
    """Return the number of instances, the largest if each of InstancePreferences has its own; 0 if it is not known."""
    groups = (instances, *instances.get("InstancePreferences", ()))
    return max(int(group.get("InstanceCount", 0)) for group in groups)


def read_image(job: Mapping[str, Any]) -> str:
    """Return the URI of the image of a job of any kind; empty if it has none."""
    images = (read_path(job, kind.image) for kind in KINDS if kind.image)
    return str(next((image for image in images if image), ""))


def read_output_job(kind: JobKind, described: Mapping[str, Any]) -> str:
    """Return the name of the job that wrote the outputs: its own, or that of a tuning job's best trial, if it has one.

    `described` is a response of Describe, or a request.
    """
    name = (
        described.get(BEST_TRIAL, {}).get(TRAINING.name_member) if kind is TUNING else described.get(kind.name_member)
    )
    return str(name or "")


def has_found_no_instance(described: Mapping[str, Any]) -> bool:
    """Return True if a job of any kind failed because AWS had no instance for it, before it started on any."""
    has_started = any(member in described for member in (kind.start_member for kind in KINDS))
    return str(described.get("FailureReason", "")).startswith(CAPACITY_ERROR) and not has_started


def is_spot(job: Mapping[str, Any]) -> bool:
    """Return True if a job of any kind asks for spot instances."""
    return any(bool(read_path(job, kind.trial).get(kind.spot_member)) for kind in KINDS)
