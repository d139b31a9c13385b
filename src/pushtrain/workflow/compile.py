"""Config + Platform -> a checked definition, and its text. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pushtrain.catalog import images
from pushtrain.errors import ConfigError, Problem, TemplateError
from pushtrain.platform import Platform
from pushtrain.workflow.checks.candidates import check_candidates
from pushtrain.workflow.checks.definition import check_definition
from pushtrain.workflow.checks.experiment import check_experiment
from pushtrain.workflow.checks.platform import check_platform
from pushtrain.workflow.context import Pipeline
from pushtrain.workflow.templates import Definition, load_template, to_definition

if TYPE_CHECKING:
    from pushtrain.config import Config, LoadedConfig


def compile_workflow(config: Config, platform: Platform) -> Definition:
    """Return the definition of a model's workflow. It depends on config and platform only, not on the model's code.

    Raises TemplateError if the template does not exist or cannot be loaded, or its definition breaks a rule of
    `pushtrain.workflow.checks`.
    """
    try:
        with load_template(config.template) as template:
            built = template(Pipeline(config, platform))
            definition = to_definition(built, f"{config.model}: template {config.template}")
    except images.NoImage as error:  # of this platform's region; config.yaml was checked for any
        raise TemplateError(str(error)) from error
    check_definition(definition)
    check_candidates(definition, config)
    check_platform(definition, platform, config.model)
    check_experiment(definition, platform)
    return definition


@contextmanager
def locate_template_errors(loaded: LoadedConfig, *, file: str = "config.yaml") -> Iterator[None]:
    """Turn a TemplateError into a ConfigError, which names the file and, if one key is to blame, its line."""
    try:
        yield
    except TemplateError as error:
        line = loaded.find_line(error.key) if error.key else None
        raise ConfigError([Problem(message=error.message, key=error.key, line=line, file=file)]) from error


def serialize_definition(definition: Mapping[str, object]) -> str:
    r"""Return a definition as compact JSON without `\u` escapes, which some ASL interpreters read wrongly."""
    return json.dumps(definition, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
