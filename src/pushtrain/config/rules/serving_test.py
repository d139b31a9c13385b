"""Rules about the serving test of `register.inference.test`. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from pushtrain.catalog.content_types import CONTENT_TYPES, find_content_type
from pushtrain.catalog.instances import list_job_instances
from pushtrain.catalog.job_kinds import TRANSFORM
from pushtrain.config.dataflow import find_evaluation_source
from pushtrain.config.issue import Issue, KeyPath, quote
from pushtrain.config.model import Config, ServingTest

INFERENCE: KeyPath = ("register", "inference")
TEST: KeyPath = (*INFERENCE, "test")


def check_content_type(config: Config) -> Iterator[Issue]:
    """The ending of the request file says what it holds, or `content_type` does."""
    test = _find_test(config)
    if test and not test.content_type and not find_content_type(test.requests):
        endings = ", ".join(sorted(CONTENT_TYPES))
        message = f"what is in {quote(test.requests)}? Add `content_type:`, or a name that ends with one of {endings}"
        yield Issue(path=(*TEST, "requests"), message=message)


def check_instances(config: Config) -> Iterator[Issue]:
    """On AWS the test is a batch transform job, which not every instance type can run."""
    if config.registration is None or _find_test(config) is None:
        return
    types = config.registration.inference.instances
    if not any(name in list_job_instances(TRANSFORM) for name in types):
        message = (
            f"on AWS the test is a batch transform job, and {', '.join(types)} can run none. Add a type that can, "
            "such as ml.m5.large, or remove the test"
        )
        yield Issue(path=(*INFERENCE, "instances"), message=message)


def check_evaluation(config: Config) -> Iterator[Issue]:
    """What is compared is written by a step that evaluates."""
    test = _find_test(config)
    if test and test.compare and find_evaluation_source(config) is None:
        message = (
            "no step evaluates the model, so there is nothing to compare with. Add `evaluate:`, or remove the line"
        )
        yield Issue(path=(*TEST, "compare"), message=message)


def _find_test(config: Config) -> ServingTest | None:
    return config.registration.inference.test if config.registration else None
