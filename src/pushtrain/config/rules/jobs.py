"""Rules about one job: its image, its machines, spot, warm pool and raw fields. Pure; see rules.py."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pushtrain.catalog import api, images
from pushtrain.config.issue import Issue
from pushtrain.config.model import Config, Step, Train
from pushtrain.config.rules.reserved_fields import (
    PROCESSING_RESERVED_FIELDS,
    TRAINING_RESERVED_FIELDS,
    find_reserved_fields,
)
from pushtrain.config.values.units import format_duration

_PART = re.compile(r"[^.\[\]]+")
ANY_REGION = "us-east-1"  # has every image; the platform's own region is known only when a definition is built


def one_image(config: Config, *, name: str) -> Iterator[Issue]:
    """The step has exactly one of framework and image."""
    step = config.steps.get(name)
    if step and step.framework is None and step.image is None:
        message = "needs `framework:`, such as pytorch 2.6 or sklearn 1.2-1, or `image:` with a URI of your own"
        yield Issue(path=(name,), message=message)
    if step and step.framework is not None and step.image is not None:
        yield Issue(path=(name, "image"), message="framework and image exclude each other. Remove one")


def image_exists(config: Config, *, name: str) -> Iterator[Issue]:
    """AWS has an image of the step's framework for its instance."""
    step = config.steps.get(name)
    if step and step.framework and not step.image:
        try:
            framework = images.resolve_framework(step.framework)
            images.build_image_uri(framework, scope="training", instance=step.instance, region=ANY_REGION)
        except images.NoImage as error:
            yield Issue(path=(name, "framework"), message=str(error))


def spot(config: Config) -> Iterator[Issue]:
    """max_wait belongs to spot and covers max_runtime (StoppingCondition.MaxWaitTimeInSeconds)."""
    train = config.train
    if train.max_wait is not None and not train.spot:
        message = "is the limit of waiting for spot machines. Set spot: true or remove max_wait"
        yield Issue(path=("train", "max_wait"), message=message)
    if train.max_wait is not None and train.spot and train.max_wait < train.max_runtime:
        wait, runtime = format_duration(train.max_wait), format_duration(train.max_runtime)
        message = f"{wait} is less than max_runtime {runtime}; it covers waiting and running. Give {runtime} or more"
        yield Issue(path=("train", "max_wait"), message=message)


def warm_pool(config: Config) -> Iterator[Issue]:
    """Whether a warm pool may be of spot machines is in no document of AWS; until it is, it is refused."""
    if config.train.spot and config.train.keep_alive is not None:
        message = "AWS does not say that spot machines can be kept warm. Remove keep_alive or spot"
        yield Issue(path=("train", "keep_alive"), message=message)


def raw_fields(config: Config) -> Iterator[Issue]:
    """`sagemaker:` holds fields that the API has and that nobody else sets."""
    for name, step in config.steps.items():
        yield from _raw_fields(name, step)


def _raw_fields(name: str, step: Step) -> Iterator[Issue]:
    training = isinstance(step, Train)
    fields = TRAINING_RESERVED_FIELDS if training else PROCESSING_RESERVED_FIELDS
    taken = dict(find_reserved_fields(step.sagemaker, fields))
    for path, instead in taken.items():
        yield Issue(path=(name, "sagemaker", *path), message=f"may not be set in the raw block: {instead}")
    operation = "CreateTrainingJob" if training else "CreateProcessingJob"
    for problem in api.problems_in(operation, step.sagemaker, partial=True):
        parts = tuple(int(part) if part.isdecimal() else part for part in _PART.findall(problem.path))
        if not any(parts[: len(path)] == path for path in taken):
            yield Issue(path=(name, "sagemaker", *parts), message=problem.message)
