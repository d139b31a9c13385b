"""Output for programs: one JSON document on stdout, or the file that -o names."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, cast
from uuid import uuid4

import click
import msgspec

from pushtrain.cli.terminal.echo import echo
from pushtrain.errors import ConfigError, UsageError
from pushtrain.visible import escape_json

Command = TypeVar("Command", bound=Callable[..., Any])

PRINTED = "pushtrain.printed"  # key in click's `meta`: the command has printed its JSON document


def json_option(command: Command) -> Command:
    """Add --json. A command that fails before it prints its document prints `{"error": {"kind", "message"}}`."""

    @functools.wraps(command)
    def command_with_json(*args: Any, **options: Any) -> Any:
        try:
            return command(*args, **options)
        except (Exception, KeyboardInterrupt) as error:
            if options["as_json"] and not click.get_current_context().meta.get(PRINTED):
                print_json({"error": build_error_document(error)})
            raise

    option = click.option("--json", "as_json", is_flag=True, help="Print exactly one JSON document on stdout.")
    return cast("Command", option(command_with_json))


def build_error_document(error: BaseException) -> dict[str, Any]:
    """Return `{"kind", "message"}`, and `problems` if it is a ConfigError."""
    problems = [msgspec.to_builtins(problem) for problem in error.problems] if isinstance(error, ConfigError) else []
    document = {"kind": type(error).__name__, "message": str(error) or "interrupted"}
    return {**document, "problems": problems} if problems else document


def print_json(document: object) -> None:
    """Print the JSON document of a command. A command prints one, or none."""
    if context := click.get_current_context(silent=True):
        context.meta[PRINTED] = True
    echo(escape_json(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)))


def has_printed_json() -> bool:
    """Return True if the command has printed its document."""
    context = click.get_current_context(silent=True)
    return bool(context and context.meta.get(PRINTED))


def write_file(path: Path, text: str) -> None:
    """Write the file that -o names, completely or not at all, also if interrupted. A device is written to directly.

    Raises UsageError if the file cannot be written.
    """
    partial = path.parent / f"{path.name}.{uuid4().hex[:8]}"
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8")
            return
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        with suppress(OSError):  # it was not created: its folder is a file, or the name is too long
            partial.unlink(missing_ok=True)
