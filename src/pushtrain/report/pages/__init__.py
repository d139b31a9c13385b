"""Render templates as self-contained HTML documents.

Everything is escaped. The content security policy allows no requests, and only our own script and style, by hash.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket

from pushtrain.report.translations import find_phrases
from pushtrain.visible import show_controls

FOLDER = Path(__file__).parent
LONGEST_PIECE, HASH_PIECE = 32, 16  # characters without a place where a line may end


def render(template: str, language: str, *, script: str = "", **values: Any) -> str:
    """Return the document for a template and its values.

    `script` is the name of a JavaScript file in this folder. Raises UsageError for an unknown language.
    """
    t = find_phrases(language)
    code, style = _read_text(script) if script else "", _read_text("style.css")
    return (
        _create_environment()
        .get_template(template)
        .render(
            **values,
            t=t,
            say=phrase_formatter(t),
            language=language,
            style=_mark_safe(style),
            script=_mark_safe(code),
            policy=_build_policy(style, code),
        )
    )


class CompiledTemplates(FileSystemBytecodeCache):
    """Compiled templates in a folder. A full disk costs only the time of compiling them again."""

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read a compiled template, if there is one."""
        with contextlib.suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Write a compiled template."""
        with contextlib.suppress(OSError):
            super().dump_bytecode(bucket)


def keep_compiled_templates(folder: Path) -> None:
    """Read compiled templates from a folder, and write them there: compiling takes a tenth of a short run's time.

    Whoever may write to the folder decides what is executed. The folder need not exist.
    """
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    _create_environment().bytecode_cache = CompiledTemplates(str(folder))


def phrase_formatter(t: Any) -> Callable[..., str]:
    """Return a function that fills a phrase's gaps: `say("of_version", 3)` returns `version 3`."""

    def say(phrase: str, *values: object) -> str:
        return str(t[phrase]).format(*values)

    return say


@functools.cache
def _create_environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_show_controls,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["breakable"] = _mark_breaks
    environment.tests["address"] = is_address
    return environment


def _show_controls(value: object) -> object:
    """Write out the controls and bidirectional marks of a text. Markup, such as a chart, stays markup."""
    return type(value)(show_controls(value)) if isinstance(value, str) else value


@functools.cache
def _read_text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def _mark_breaks(text: str) -> Any:
    """Return a name or an address as markup with `<wbr>` where a line may end, so that none ends inside a word.

    After `/`, `:` and `_` always; in parts that are longer than a phone is wide, also after `-` and `.`, and in hashes.
    """
    from markupsafe import Markup, escape  # noqa: PLC0415 - only used in this function

    pieces = re.split(r"(?<=[/:_])(?![/:_])", show_controls(text))
    parts = [part for piece in pieces for part in _split_long(piece)]
    return Markup("<wbr>").join(escape(part) for part in parts)


def _split_long(piece: str) -> list[str]:
    if len(piece) <= LONGEST_PIECE:
        return [piece]
    words = re.split(r"(?<=[-.])(?![-.])", piece)
    return [word[start : start + HASH_PIECE] for word in words for start in range(0, len(word), HASH_PIECE)]


def is_address(text: str) -> bool:
    """Return True for an S3 address, an ARN, an image, a path or a long hash: a text without blanks to copy."""
    return not re.search(r"\s", text) and ("/" in text or len(text) > LONGEST_PIECE)


def _mark_safe(text: str) -> Any:
    from markupsafe import Markup  # noqa: PLC0415 - only used in this function

    return Markup(text)  # noqa: S704 - our own file


def _build_policy(style: str, script: str) -> str:
    allowed = ["default-src 'none'", f"style-src {_hash(style)}", "img-src data:"]
    allowed += [f"script-src {_hash(script)}"] if script else []
    return "; ".join([*allowed, "base-uri 'none'", "form-action 'none'"])


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
