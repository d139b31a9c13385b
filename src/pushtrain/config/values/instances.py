"""Instance types and frameworks, each looked up in the catalog. Pure.

Each check takes the text from config.yaml and returns it. It raises ValueError, with the nearest name that exists.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from pushtrain.catalog import images, instances
from pushtrain.catalog.instances import find_hardware
from pushtrain.catalog.job_kinds import PROCESSING, STEP_KINDS, TRAINING, TRANSFORM
from pushtrain.catalog.suggest import did_you_mean
from pushtrain.config.issue import quote

MAX_LENGTH = 100

_TYPES_BY_USE: dict[str, Callable[[], frozenset[str]]] = {
    **{kind.name: partial(instances.list_job_instances, kind) for kind in STEP_KINDS},
    "hosting": instances.list_hosting_instances,
}


@lru_cache(1000)
def _explain_instance(text: str, use: str) -> str:
    """Return why `text` is no instance type for `use` (training, processing or hosting); empty if it is one."""
    types = _TYPES_BY_USE[use]()
    if text in types:
        return ""
    full_name = f"ml.{text.lower().removeprefix('ml.')}"
    if other_uses := _list_uses(text):
        has_gpu = find_hardware(text).has_gpu
        near = did_you_mean(text, {name for name in types if find_hardware(name).has_gpu == has_gpu})
        return f"SageMaker has {quote(text)} for {' and '.join(other_uses)} only, not for {use}{near}"
    if others := _list_uses(full_name):
        offered = (
            f"Did you mean {full_name!r}?" if full_name in types else f"{full_name!r} is for {' and '.join(others)}"
        )
        return f"{quote(text)} is not a SageMaker {use} instance. {offered}"
    suggestion = did_you_mean(text, types) or ". An example is 'ml.m5.large'"
    return f"{quote(text)} is not a SageMaker {use} instance{suggestion}"


def _list_uses(name: str) -> list[str]:
    """Return what a type can be used for: training, processing, hosting."""
    return [use for use, types in _TYPES_BY_USE.items() if name in types()]


def _check_instance(use: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if message := _explain_instance(text[:MAX_LENGTH], use):
            raise ValueError(message)
        return text

    return check


def check_framework(text: str) -> str:
    """Return `text` if AWS has an image of this framework and version, written as "pytorch 2.6"."""
    if len(text) > MAX_LENGTH:
        raise ValueError(f"{quote(text)} is not a framework. Write NAME VERSION, such as pytorch 2.6")
    images.resolve_framework(text)
    return text


def _list_types(written: object) -> object:
    """Turn the short form `ml.g5.xlarge` into a list of one type."""
    return written if isinstance(written, list | tuple) else (written,)


def _allow_one_type(limit: int) -> BeforeValidator:
    """Let a list of at most `limit` types have the short form, also in the schema."""
    types = Annotated[list[str], Field(min_length=1, max_length=limit)]
    return BeforeValidator(_list_types, json_schema_input_type=str | types)


def _limit_types(limit: int) -> Any:
    return Field(min_length=1, max_length=limit, strict=False)


TrainingInstance = Annotated[str, AfterValidator(_check_instance(TRAINING.name))]
ProcessingInstance = Annotated[str, AfterValidator(_check_instance(PROCESSING.name))]
TransformInstance = Annotated[str, AfterValidator(_check_instance(TRANSFORM.name))]
# One type, or several: SageMaker starts the job on the first with capacity (API shape InstancePreferenceList).
TrainingInstances = Annotated[
    tuple[TrainingInstance, ...], _limit_types(TRAINING.instance_limit), _allow_one_type(TRAINING.instance_limit)
]
ProcessingInstances = Annotated[
    tuple[ProcessingInstance, ...], _limit_types(PROCESSING.instance_limit), _allow_one_type(PROCESSING.instance_limit)
]
# CreateTransformJob takes one type. A tuple of one, so that every step has the same attribute.
TransformInstances = Annotated[
    tuple[TransformInstance, ...],
    _limit_types(TRANSFORM.instance_limit),
    BeforeValidator(_list_types, json_schema_input_type=str),
]
HostingInstance = Annotated[str, AfterValidator(_check_instance("hosting"))]
Framework = Annotated[str, AfterValidator(check_framework)]
