"""Which files of a push each step can read: its script, what that imports, and all that is no Python file. Pure."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Mapping

from pushtrain.config import Step
from pushtrain.layout import START_FILE
from pushtrain.pushes.revision import SourceArchive
from pushtrain.reuse import ReadableFiles, find_readable_files


def find_step_files(steps: Iterable[Step], source: SourceArchive) -> dict[str, ReadableFiles]:
    """Return the files of the code that the script of each step can read, by the step's name.

    Only a step with `cache` is looked at: the others count as reading everything. START_FILE starts each script.
    """
    sources = {path: _decode(body) for path, body in source.python.items() if path != START_FILE}
    others = [path for path in source.files if path not in sources]
    whole = ReadableFiles(paths=frozenset(source.files))
    return {step.name: whole if step.settings.cache is False else _find_files(step, sources, others) for step in steps}


def _find_files(step: Step, sources: Mapping[str, str | None], others: Iterable[str]) -> ReadableFiles:
    files = find_readable_files(step.settings.script, sources, others, reads=step.settings.reads)
    return ReadableFiles(paths=files.paths | {START_FILE}, whole_repo_because=files.whole_repo_because)


def _decode(body: bytes) -> str | None:
    """Return the text of a Python file, in the encoding that it declares; None if it cannot be read."""
    try:
        return importlib.util.decode_source(body)
    except (SyntaxError, UnicodeDecodeError):
        return None
