"""Templates as whole, self-contained HTML documents. In: a template's name and what it names. Out: text.

Everything is escaped. The document's policy lets it load nothing, and run no script and no style but its own, by hash.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pushtrain.report.translations import find_phrases

FOLDER = Path(__file__).parent


def render(template: str, language: str, *, script: str = "", **values: Any) -> str:
    """The document. `script` is the name of a file of this folder. Raises UsageError for an unknown language."""
    t = find_phrases(language)
    code, style = _text(script) if script else "", _text("style.css")
    return (
        _environment()
        .get_template(template)
        .render(
            **values,
            t=t,
            say=phrase_formatter(t),
            language=language,
            style=_trusted(style),
            script=_trusted(code),
            policy=_policy(style, code),
        )
    )


def phrase_formatter(t: Any) -> Callable[..., str]:
    """`say("of_version", 3)`: a phrase with its gaps filled."""

    def say(phrase: str, *values: object) -> str:
        return str(t[phrase]).format(*values)

    return say


@functools.cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@functools.cache
def _text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def _trusted(text: str) -> Any:
    from markupsafe import Markup  # noqa: PLC0415 - beside its only use

    return Markup(text)  # noqa: S704 - our own file


def _policy(style: str, script: str) -> str:
    allowed = ["default-src 'none'", f"style-src {_hash(style)}", "img-src data:"]
    allowed += [f"script-src {_hash(script)}"] if script else []
    return "; ".join([*allowed, "base-uri 'none'", "form-action 'none'"])


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
