"""Rules about one job: its image, spot, warm pool and raw fields. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pushtrain.catalog import api, images
from pushtrain.config.issue import Issue
from pushtrain.config.model import Config, StepSettings
from pushtrain.config.rules.reserved_fields import find_reserved_fields
from pushtrain.config.values.units import format_duration

_PART = re.compile(r"[^.\[\]]+")
ANY_REGION = "us-east-1"  # has every image; the platform's region is known only when a definition is built


def check_one_image(config: Config, *, name: str) -> Iterator[Issue]:
    """The step `name` has exactly one of framework and image."""
    step = config.steps.get(name)
    if step and step.framework is None and step.image is None:
        message = "needs `framework:`, such as pytorch 2.6 or sklearn 1.2-1, or `image:` with the URI of your own image"
        yield Issue(path=(name,), message=message)
    if step and step.framework is not None and step.image is not None:
        yield Issue(path=(name, "image"), message="framework and image exclude each other. Remove one")


def check_image_exists(config: Config, *, name: str) -> Iterator[Issue]:
    """AWS has an image of the step's framework for its instance type."""
    step = config.steps.get(name)
    if step and step.framework and not step.image:
        try:
            framework = images.resolve_framework(step.framework)
            images.build_image_uri(framework, scope="training", instance=step.instance, region=ANY_REGION)
        except images.NoImage as error:
            yield Issue(path=(name, "framework"), message=str(error))


def check_spot(config: Config) -> Iterator[Issue]:
    """`max_wait` is set only with spot, and is at least max_runtime (StoppingCondition.MaxWaitTimeInSeconds)."""
    train = config.train
    if train.max_wait is not None and not train.spot:
        message = "limits the wait for spot instances, but spot is off. Set spot: true or remove max_wait"
        yield Issue(path=("train", "max_wait"), message=message)
    if train.max_wait is not None and train.spot and train.max_wait < train.max_runtime:
        wait, runtime = format_duration(train.max_wait), format_duration(train.max_runtime)
        message = f"{wait} is less than max_runtime {runtime}. It covers waiting and running: set {runtime} or more"
        yield Issue(path=("train", "max_wait"), message=message)


def check_warm_pool(config: Config) -> Iterator[Issue]:
    """A warm pool does not use spot instances: AWS documents no such combination."""
    if config.train.spot and config.train.keep_alive is not None:
        message = "AWS does not document warm pools of spot instances. Remove keep_alive or spot"
        yield Issue(path=("train", "keep_alive"), message=message)


def check_raw_fields(config: Config) -> Iterator[Issue]:
    """Each field of a `sagemaker:` block exists in the API and is not set by pushtrain itself."""
    for name, step in config.steps.items():
        yield from _check_raw_block(name, step)


def _check_raw_block(name: str, step: StepSettings) -> Iterator[Issue]:
    reserved = dict(find_reserved_fields(step.sagemaker, step.kind.reserved_fields))
    for path, remedy in reserved.items():
        yield Issue(path=(name, "sagemaker", *path), message=f"cannot be set in the raw block: {remedy}")
    for problem in api.find_request_problems(step.kind.build_operation("Create"), step.sagemaker, partial=True):
        parts = tuple(int(part) if part.isdecimal() else part for part in _PART.findall(problem.path))
        if not any(parts[: len(path)] == path for path in reserved):
            yield Issue(path=(name, "sagemaker", *parts), message=problem.message)
