"""The one function that turns a Config into a checked definition, and what goes by its bytes. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from pushtrain.catalog import images
from pushtrain.config import Config, LoadedConfig
from pushtrain.errors import ConfigError, Problem, TemplateError
from pushtrain.platform import Platform
from pushtrain.workflow.check import check_definition
from pushtrain.workflow.check_platform import check_platform
from pushtrain.workflow.context import Pipeline
from pushtrain.workflow.templates import Definition, build_definition


def compile_workflow(config: Config, platform: Platform) -> Definition:
    """The definition of a model's workflow: same config and platform, same document, whatever the code.

    Raises TemplateError when there is no such template, it cannot be loaded, or its definition breaks a rule of
    `pushtrain.workflow.check` or `check_platform`.
    """
    try:
        definition = build_definition(Pipeline(config, platform))
    except images.NoImage as error:  # of this platform's region; config.yaml was checked for any
        raise TemplateError(str(error)) from error
    check_definition(definition)
    check_platform(definition, platform, config.model)
    return definition


def compile_loaded_config(loaded: LoadedConfig, platform: Platform, *, file: str = "config.yaml") -> Definition:
    """Like `compile_workflow`, but raise ConfigError, which names the file and, if one key is to blame, its line."""
    try:
        return compile_workflow(loaded.config, platform)
    except TemplateError as error:
        line = loaded.find_line(error.key) if error.key else None
        raise ConfigError([Problem(message=error.message, key=error.key, line=line, file=file)]) from error


def serialize_definition(definition: Mapping[str, object]) -> str:
    r"""The one way a definition is written: compact, and in UTF-8 (some interpreters mistake `\\u` escapes)."""
    return json.dumps(definition, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def fingerprint(*texts: str) -> str:
    """SHA-256 (64 hex digits) of texts, each kept apart from the next."""
    digest = hashlib.sha256()
    for text in texts:
        digest.update(hashlib.sha256(text.encode()).digest())
    return digest.hexdigest()
