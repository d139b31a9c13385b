"""Check that the Python files of a model repo are valid Python, before the push. Pure; nothing is run.

In: a LoadedConfig and the sources. Out: Problems and warnings, with their lines. The files are compiled with the Python
that runs pushtrain. The Python of the image is often unknown: if it may be newer than ours, a syntax error is only a
warning.
"""

from __future__ import annotations

import ast
import codecs
import re
import sys
import warnings
from collections.abc import Mapping

from msgspec import Struct

from pushtrain.catalog.images import read_python_version, resolve_framework
from pushtrain.config.load import LoadedConfig
from pushtrain.config.model import StepSettings
from pushtrain.config.text_encoding import find_encoding_mistake, guess_encoding
from pushtrain.errors import Problem

_DECLARATION = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*[-\w.]+")  # PEP 263
MAX_SCRIPT_BYTES = 1024 * 1024  # larger files are not checked: compiling them takes too long


class PythonMistake(Struct, frozen=True, kw_only=True):
    """The place of a syntax error. `line`, `column` and `end` count from 1; None if Python does not report them.

    `is_certain`: no version of Python reads the file, for example because of its encoding.
    """

    message: str
    line: int | None
    column: int | None = None
    end: int | None = None
    is_certain: bool = False


def find_python_mistake(source: bytes) -> PythonMistake | None:
    """Return the first syntax error of `source`, or None."""
    if len(source) > MAX_SCRIPT_BYTES:
        return None
    if (mistake := _find_encoding_mistake(source)) is not None:  # `compile` does not look at comments
        return mistake
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape such as "\d" is a warning, not an error
            compile(source, "script", "exec", dont_inherit=True)
    except SyntaxError as error:
        end = error.end_offset if error.end_lineno == error.lineno else None
        return PythonMistake(message=error.msg, line=error.lineno or 1, column=error.offset, end=end)
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:  # null bytes, too many brackets
        return PythonMistake(message=str(error) or type(error).__name__, line=None)
    return None


def _find_encoding_mistake(source: bytes) -> PythonMistake | None:
    """Return why a file that Python does not read is not UTF-8; None if it is, or if it declares an encoding."""
    if any(_DECLARATION.match(line) for line in source.splitlines()[:2]):
        return None
    declaration = f", or begin it with # -*- coding: {guess_encoding(source) or 'NAME'} -*-"
    is_utf_16 = source.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    mistake = find_encoding_mistake(source, f"Save it as UTF-8{'' if is_utf_16 else declaration}")
    return PythonMistake(message=mistake.message, line=mistake.line, is_certain=True) if mistake else None


def parse_script(source: bytes) -> ast.Module:
    """Return the syntax tree of `source`; an empty one if it is not valid Python, which `check_scripts` reports."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape such as "\\d" is a warning, not an error
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module(body=[], type_ignores=[])


def check_scripts(
    loaded: LoadedConfig, sources: Mapping[str, bytes], *, folder: str
) -> tuple[list[Problem], list[Problem]]:
    """Return (problems, warnings) about syntax errors.

    `sources` maps paths of Python files in the model repo to their content; `folder` is put before these paths. A
    syntax error in a script that config.yaml names is a problem. In any other file it is a warning, because that file
    may never be imported.
    """
    steps = {step.script: step for step in loaded.config.steps.values()}
    problems: list[Problem] = []
    script_warnings: list[Problem] = []
    for path, source in sources.items():
        mistake = find_python_mistake(source)
        if mistake is None:
            continue
        is_certain = path in steps and (mistake.is_certain or not _may_have_newer_python(steps[path]))
        is_unsure = path in steps and not is_certain
        reason = f" (checked with Python {_own_version()}; the image's may be newer)" if is_unsure else ""
        message = mistake.message if mistake.is_certain else f"not valid Python: {mistake.message}{reason}"
        problem = Problem(message=message, line=mistake.line, file=f"{folder}/{path}")
        (problems if is_certain else script_warnings).append(problem)
    return problems, script_warnings


def _may_have_newer_python(step: StepSettings) -> bool:
    """Return True if the step's image is the user's own, or AWS lists a newer Python for it than ours."""
    if step.framework is None:
        return True
    version = read_python_version(resolve_framework(step.framework), "training")
    return version is not None and tuple(map(int, version.split("."))) > sys.version_info[:2]


def _own_version() -> str:
    return ".".join(map(str, sys.version_info[:2]))
