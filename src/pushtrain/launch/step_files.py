"""Which files of a push each step can read: its script, what that imports, and all that is no Python file. Pure."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable

from pushtrain.config import Step
from pushtrain.config.values.inference_code import select_inference_code
from pushtrain.layout import START_FILE
from pushtrain.pushes.revision import SourceArchive
from pushtrain.reuse import ReadableFiles, find_readable_files


def find_step_files(steps: Iterable[Step], source: SourceArchive) -> dict[str, ReadableFiles]:
    """Return the files of the code that the script of each step can read, by the step's name.

    Only a step with `cache` is looked at: the others count as reading everything. START_FILE starts each script.
    """
    texts = {path: _decode(body) for path, body in source.texts.items() if path != START_FILE}
    whole = ReadableFiles(paths=frozenset(source.files))
    return {step.name: _find_files(step, texts, source.files) if step.settings.is_cached else whole for step in steps}


def _find_files(step: Step, texts: dict[str, str | None], paths: Iterable[str]) -> ReadableFiles:
    if not step.settings.has_script:  # the image brings its program, and the job gets no code
        return ReadableFiles(paths=frozenset())
    files = find_readable_files(
        step.settings.script,
        {path: text for path, text in texts.items() if path.endswith(".py")},
        [path for path in paths if not path.endswith(".py")],
        reads=step.settings.reads,
        requirements={path: text for path, text in texts.items() if not path.endswith(".py")},
        reads_data=any(not entry.source.step for entry in step.inputs),
    )
    packed = select_inference_code(step.inference_code, paths).values()
    return ReadableFiles(paths=files.paths | {START_FILE, *packed}, whole_repo_because=files.whole_repo_because)


def _decode(body: bytes) -> str | None:
    """Return a text in UTF-8, or in the encoding that a Python file declares; None if it cannot be read."""
    try:
        return importlib.util.decode_source(body)
    except (SyntaxError, UnicodeDecodeError):
        return None
