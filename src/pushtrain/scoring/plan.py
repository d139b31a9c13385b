"""What a transform job with an approved version would be: its instance, its requests, what it costs at most.

In: a Platform, a model, and what a person asked for. Out: a ScorePlan. Reads the serving bucket, the registry and the
prices; starts nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from pushtrain import aws
from pushtrain.catalog.content_types import CSV, JSON, has_rows
from pushtrain.catalog.job_kinds import TRANSFORM
from pushtrain.config.values.money import parse_money
from pushtrain.cost import CostEstimate, PlannedJob, estimate_cost, read_prices
from pushtrain.errors import UsageError
from pushtrain.platform import Platform
from pushtrain.serving import find_approved_document
from pushtrain.workflow.instance_types import find_instance_problem
from pushtrain.workflow.scoring import LEAST_SECONDS, MOST_SECONDS, ONE_BY_ONE, TOGETHER, WHOLE


class ScorePlan(Struct, frozen=True, kw_only=True):
    """A transform job that has not started. `seconds` is its time limit. `strategy` is one of `workflow.scoring`."""

    model: str
    version: int
    instance: str
    seconds: int
    strategy: str
    content_type: str
    accept: str
    estimate: CostEstimate


def plan_score(
    platform: Platform,
    model: str,
    version: int | None,
    *,
    file: Path,
    target: Path,
    content_type: str,
    instance: str = "",
    seconds: int,
) -> ScorePlan:
    """Return the job that lets a version answer `file`: the version in service if `version` is None.

    The answers are CSV if the name of `target` ends with .csv, else JSON. `instance` is empty for the first type that
    the version was registered with. Raises RegistryError if the version is not approved, UsageError if it was not
    registered for such rows, answers or instances, or if the job could cost more than the platform allows.
    """
    if not LEAST_SECONDS <= seconds <= MOST_SECONDS:
        raise UsageError(f"a batch may take {LEAST_SECONDS} seconds to {MOST_SECONDS // 3600} hours, not {seconds} s")
    approved = find_approved_document(platform, model, version)
    name, served = f"{model} version {approved['version']}", _describe_inference(platform, approved)
    accept = CSV if target.suffix.lower() == ".csv" else JSON
    _require(content_type, served["SupportedContentTypes"], f"{name} was registered for rows of")
    _require(accept, served["SupportedResponseMIMETypes"], f"{name} was registered for answers of")
    instance = _choose_instance(platform, name, instance, served.get("SupportedTransformInstanceTypes", ()))
    plan = ScorePlan(
        model=model,
        version=approved["version"],
        instance=instance,
        seconds=seconds,
        strategy=_choose_strategy(file, content_type, accept),
        content_type=content_type,
        accept=accept,
        estimate=_estimate(platform, instance, seconds),
    )
    _check_limit(platform, plan.estimate)
    return plan


def _describe_inference(platform: Platform, approved: Any) -> dict[str, Any]:
    client = aws.client("sagemaker", platform.region)
    described = client.describe_model_package(ModelPackageName=approved["model_package"])
    specification: dict[str, Any] = described["InferenceSpecification"]
    return specification


def _require(content_type: str, offered: Sequence[str], text: str) -> None:
    if content_type not in offered:
        raise UsageError(
            f"{text} {' and '.join(offered)}, not {content_type}. --content-type says what FILE has; the answers are "
            f"{CSV} if the name of OUT ends with .csv, else {JSON}"
        )


def _choose_instance(platform: Platform, name: str, instance: str, offered: Sequence[str]) -> str:
    """Return the instance type; without `instance`, the first one that the platform allows."""
    if not offered:
        raise UsageError(
            f"{name} was registered without an instance type for batches: none of `register.inference.instances` is one"
        )
    if instance and instance not in offered:
        raise UsageError(f"{instance} is no instance type for batches of {name}. Choose among {', '.join(offered)}")
    allowed = [kind for kind in offered if not find_instance_problem([kind], platform)]
    choice = instance or next(iter(allowed), offered[0])
    if problem := find_instance_problem([choice], platform):
        raise UsageError(problem)
    return choice


def _choose_strategy(file: Path, content_type: str, accept: str) -> str:
    """Return how the file becomes requests. Many rows go together only if each answer is a line: CSV to CSV."""
    if not has_rows(file.name):
        return WHOLE
    return TOGETHER if (content_type, accept) == (CSV, CSV) else ONE_BY_ONE


def _estimate(platform: Platform, instance: str, seconds: int) -> CostEstimate:
    job = PlannedJob(step="score", instance=instance, instances=1, max_runtime=seconds, kind=TRANSFORM.name)
    return estimate_cost([job], read_prices(platform), platform.price_region)


def _check_limit(platform: Platform, estimate: CostEstimate) -> None:
    """Raise UsageError if the job could cost more than a run may. The state machine limits time and types itself."""
    if not platform.max_cost:
        return
    limit, total = parse_money(platform.max_cost), estimate.total
    if total is None:
        raise UsageError(
            f"what the batch can cost is unknown: {'; '.join(estimate.unknown)}. The platform's limit is {limit}. Give "
            f"prices (`pushtrain prices use FILE{platform.cli_option}`)"
        )
    if total.currency != limit.currency or total.amount > limit.amount:
        raise UsageError(
            f"the batch can cost {total}, and the platform's limit is {limit}. Give a shorter --max-runtime"
        )
