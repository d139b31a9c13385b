"""What a command gives to programs: one JSON document, or the file that -o names, whole or not at all."""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast
from uuid import uuid4

import click

from pushtrain.errors import ConfigError, UsageError

Command = TypeVar("Command", bound=Callable[..., Any])

PRINTED = "pushtrain.printed"  # in a click context's meta: the command has printed its document


def json_option(command: Command) -> Command:
    """--json. A command that fails without its document prints `{"error": {"kind", "message"}}` instead."""

    @functools.wraps(command)
    def told(*words: Any, **options: Any) -> Any:
        try:
            return command(*words, **options)
        except (Exception, KeyboardInterrupt) as error:
            if options["as_json"] and not click.get_current_context().meta.get(PRINTED):
                print_json({"error": failure(error)})
            raise

    option = click.option("--json", "as_json", is_flag=True, help="Print exactly one JSON document on stdout.")
    return cast("Command", option(told))


def failure(error: BaseException) -> dict[str, Any]:
    """An error as --json tells it; with the single problems where it holds some."""
    problems = [dataclasses.asdict(problem) for problem in error.problems] if isinstance(error, ConfigError) else []
    told = {"kind": type(error).__name__, "message": str(error) or "interrupted"}
    return {**told, "problems": problems} if problems else told


def print_json(document: object) -> None:
    """The one JSON document of a command."""
    if context := click.get_current_context(silent=True):
        context.meta[PRINTED] = True
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False))


def write_file(path: Path, text: str) -> None:
    """The file that -o names: whole or not at all, also when interrupted. Raises UsageError when it cannot be written.

    What is there and no file, such as /dev/stdout, is written to as it is.
    """
    partial = path.with_name(f"{path.name}.{uuid4().hex[:8]}")
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8")
            return
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        partial.unlink(missing_ok=True)
