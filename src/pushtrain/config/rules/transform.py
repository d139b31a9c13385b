"""Rules about a step of `kind: transform`: it reads the model to register and data, and has no folders. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from pushtrain.catalog.job_kinds import TRANSFORM
from pushtrain.config.dataflow import (
    build_inputs_path,
    build_step_path,
    find_model_source,
    find_source,
    list_written_inputs,
)
from pushtrain.config.issue import Issue
from pushtrain.config.model import Config, TransformStep


def check_transform_container(config: Config, step: str) -> Iterator[Issue]:
    """The file says how the model is served."""
    if config.steps[step].kind is TRANSFORM and config.registration is None:
        message = "the model answers in the container of `register.inference`. Add `register: {}` to the file, or more"
        yield Issue(path=build_step_path(step), message=message)


def check_transform_inputs(config: Config, step: str) -> Iterator[Issue]:
    """A transform step reads two sources: the model to register, whose container is known, and data."""
    if config.steps[step].kind is not TRANSFORM or (model := find_model_source(config)) is None:
        return
    written = list_written_inputs(config, step)
    path = build_inputs_path(config, step)
    is_model = [find_source(config, step, entry.source) == model for entry in written]
    if len(written) <= TRANSFORM.input_limit and sorted(is_model) != [False, True]:  # rules/counts.py: more inputs
        message = f"a transform step reads the model to register and one source of data. Write [{model}, data.NAME]"
        yield Issue(path=path if written else build_step_path(step), message=message)
    for entry in written:
        if entry.path is not None:
            yield Issue(path=(*path, entry.key, "path"), message="a transform job has no folders. Remove the path")


def check_strategy(config: Config, step: str) -> Iterator[Issue]:
    """`strategy` counts lines, so it needs `split: line`."""
    settings = config.steps[step]
    if isinstance(settings, TransformStep) and settings.split == "none" and "strategy" in settings.model_fields_set:
        message = "counts the lines of a request, and with `split: none` a request is a whole file. Remove one"
        yield Issue(path=(*build_step_path(step), "strategy"), message=message)
