"""Rules about one job: its image, spot, warm pool and raw fields. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pushtrain.catalog import api, images
from pushtrain.catalog.job_kinds import TRANSFORM
from pushtrain.config.dataflow import build_step_path
from pushtrain.config.issue import Issue
from pushtrain.config.model import Config, Train
from pushtrain.config.rules.reserved_fields import find_reserved_fields
from pushtrain.config.values.units import format_duration

_PART = re.compile(r"[^.\[\]]+")
ANY_REGION = "us-east-1"  # has every image; the platform's region is known only when a definition is built


def check_one_image(config: Config, step: str) -> Iterator[Issue]:
    """A step has exactly one of framework and image."""
    settings, path = config.steps[step], build_step_path(step)
    if settings.kind is TRANSFORM:  # that of `register.inference`
        return
    if settings.framework is None and settings.image is None:
        message = "needs `framework:`, such as pytorch 2.6 or sklearn 1.2-1, or `image:` with the URI of your own image"
        yield Issue(path=path, message=message)
    if settings.framework is not None and settings.image is not None:
        yield Issue(path=(*path, "image"), message="framework and image exclude each other. Remove one")


def check_image_exists(config: Config, step: str) -> Iterator[Issue]:
    """AWS has an image of the step's framework for its instance type."""
    settings = config.steps[step]
    if settings.framework and not settings.image:
        try:
            framework = images.resolve_framework(settings.framework)
            for instance in settings.instance_types:
                images.build_image_uri(framework, scope="training", instance=instance, region=ANY_REGION)
        except images.NoImage as error:
            yield Issue(path=(*build_step_path(step), "framework"), message=str(error))


def check_spot(config: Config, step: str) -> Iterator[Issue]:
    """`max_wait` is set only with spot, and is at least max_runtime (StoppingCondition.MaxWaitTimeInSeconds)."""
    train = config.steps[step]
    if not isinstance(train, Train) or train.max_wait is None:
        return
    path = (*build_step_path(step), "max_wait")
    if not train.spot:
        message = "limits the wait for spot instances, but spot is off. Set spot: true or remove max_wait"
        yield Issue(path=path, message=message)
    elif train.max_wait < train.max_runtime:
        wait, runtime = format_duration(train.max_wait), format_duration(train.max_runtime)
        message = f"{wait} is less than max_runtime {runtime}. It covers waiting and running: set {runtime} or more"
        yield Issue(path=path, message=message)


def check_warm_pool(config: Config, step: str) -> Iterator[Issue]:
    """A warm pool does not use spot instances: AWS documents no such combination."""
    train = config.steps[step]
    if isinstance(train, Train) and train.spot and train.keep_alive is not None:
        message = "AWS does not document warm pools of spot instances. Remove keep_alive or spot"
        yield Issue(path=(*build_step_path(step), "keep_alive"), message=message)


def check_raw_fields(config: Config, step: str) -> Iterator[Issue]:
    """Each field of a `sagemaker:` block exists in the API and is not set by pushtrain itself."""
    settings, path = config.steps[step], (*build_step_path(step), "sagemaker")
    if not settings.sagemaker:
        return
    reserved = dict(find_reserved_fields(settings.sagemaker, settings.kind.reserved_fields))
    for field, remedy in reserved.items():
        yield Issue(path=(*path, *field), message=f"cannot be set in the raw block: {remedy}")
    kind, request = settings.job_kind, settings.sagemaker
    for member in reversed(kind.trial):
        request = {member: request}
    for problem in api.find_request_problems(kind.build_operation("Create"), request, partial=True):
        parts = tuple(int(part) if part.isdecimal() else part for part in _PART.findall(problem.path))[
            len(kind.trial) :
        ]
        if not any(parts[: len(field)] == field for field in reserved):
            subject = "trials of `tune` cannot have it: " if kind.trial else ""
            yield Issue(path=(*path, *parts), message=f"{subject}{problem.message}")
