"""Python scripts against Python's grammar, so that a slip of the pen is found before the push. Pure; runs nothing.

In: a LoadedConfig and the sources. Out: Problems with the line. The grammar is that of the Python that pushtrain runs
in: the image's Python is often not known, and mostly older. What only a newer Python might read is a warning.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Mapping
from dataclasses import dataclass

from pushtrain.catalog.images import read_python_version, resolve_framework
from pushtrain.config.load import LoadedConfig
from pushtrain.config.model import Step
from pushtrain.errors import Problem

MAX_SCRIPT_BYTES = 1024 * 1024  # bytes; nobody writes longer scripts, and compiling takes its time


@dataclass(frozen=True, kw_only=True)
class PythonMistake:
    """Where a source is no Python: line and column from 1, None where Python does not say."""

    message: str
    line: int | None
    column: int | None = None
    end: int | None = None


def find_python_mistake(source: bytes) -> PythonMistake | None:
    """The first syntax error of a source."""
    if len(source) > MAX_SCRIPT_BYTES:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an odd escape is no error
            compile(source, "script", "exec", dont_inherit=True)
    except SyntaxError as error:
        end = error.end_offset if error.end_lineno == error.lineno else None
        return PythonMistake(message=error.msg, line=error.lineno, column=error.offset, end=end)
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:  # what no parser takes, image's or ours
        return PythonMistake(message=str(error) or type(error).__name__, line=None)
    return None


def check_scripts(
    loaded: LoadedConfig, sources: Mapping[str, bytes], *, folder: str
) -> tuple[list[Problem], list[Problem]]:
    """(problems, warnings): a script that config.yaml names cannot run; another file may never be imported.

    `sources` are the Python files of the model repo by path; `folder` stands before their names.
    """
    steps = {step.script: step for step in loaded.config.steps.values()}
    problems: list[Problem] = []
    doubts: list[Problem] = []
    for path, source in sources.items():
        if not (found := find_python_mistake(source)):
            continue
        sure = path in steps and not _newer(steps[path])
        here = "" if sure or path not in steps else f" (for Python {_ours()}; the image's may be newer)"
        message = f"not valid Python: {found.message}{here}"
        (problems if sure else doubts).append(Problem(message=message, line=found.line, file=f"{folder}/{path}"))
    return problems, doubts


def _newer(step: Step) -> bool:
    """Whether the step's image may have a newer Python than ours; AWS's old images do not tell theirs."""
    if step.framework is None:
        return True
    known = read_python_version(resolve_framework(step.framework), "training")
    return known is not None and tuple(map(int, known.split("."))) > sys.version_info[:2]


def _ours() -> str:
    return ".".join(map(str, sys.version_info[:2]))
