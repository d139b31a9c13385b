"""Templates by name, and the one function that turns a Config into a checked definition.

A template is `Pipeline -> Fragment` (built with this package's blocks) or `Pipeline -> dict` (a whole ASL document),
published under the entry point group `pushtrain.templates`; the built-in ones are found in the same way.
Pure but for that look-up.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from pushtrain.catalog import images
from pushtrain.config import Config
from pushtrain.errors import TemplateError
from pushtrain.platform import Platform
from pushtrain.workflow.check import check_definition
from pushtrain.workflow.pipeline import Pipeline
from pushtrain.workflow.states import Fragment

GROUP = "pushtrain.templates"

Definition = dict[str, Any]
Template = Callable[[Pipeline], Fragment | Mapping[str, Any]]


def compile_workflow(config: Config, platform: Platform) -> Definition:
    """The definition of a model's workflow: same config and platform, same document, whatever the code.

    Raises TemplateError when there is no such template or its definition breaks a rule of
    `pushtrain.workflow.check`.
    """
    template = load_template(config.template)
    try:
        built = template(Pipeline(config, platform))
    except images.NoImage as error:  # of this platform's region; config.yaml was checked for any
        raise TemplateError(str(error)) from error
    comment = f"{config.model}: template {config.template}"
    definition = built.definition(comment) if isinstance(built, Fragment) else dict(built)
    check_definition(definition)
    return definition


def definition_text(definition: Mapping[str, Any]) -> str:
    r"""The one way a definition is written: compact, and in UTF-8 (some interpreters mistake `\\u` escapes)."""
    return json.dumps(definition, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def fingerprint(*texts: str) -> str:
    """SHA-256 (64 hex digits) of texts, each kept apart from the next."""
    digest = hashlib.sha256()
    for text in texts:
        digest.update(hashlib.sha256(text.encode()).digest())
    return digest.hexdigest()


def load_template(name: str) -> Template:
    """The template of that name. Raises TemplateError with the known names."""
    known = _templates()
    if name not in known:
        close = get_close_matches(name, known, n=1)
        hint = f"Did you mean {close[0]!r}?" if close else f"There are: {', '.join(sorted(known))}"
        raise TemplateError(f"template: {name!r} is not a template. {hint}")
    template: Template = known[name].load()
    return template


@cache
def _templates() -> Mapping[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}
