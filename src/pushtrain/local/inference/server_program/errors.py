"""Say in one line where an error of the model's code comes from: `inference.py, line 12: ValueError: ...`."""

from __future__ import annotations

import re
import traceback
from pathlib import Path

REQUIREMENTS = "requirements.txt"
DEFAULTS = ("model_fn", "input_fn", "predict_fn", "output_fn")


class StartError(Exception):
    """The server cannot start. The message says what is missing."""


def explain(error: BaseException, code: Path) -> str:
    """Return the last place in the folder `code` that the error passed, its message, and advice, in one line."""
    if isinstance(error, StartError):
        return str(error)
    kind = "" if isinstance(error, ModuleNotFoundError) else f"{type(error).__name__}: "
    return f"{_locate(error, code)}{kind}{_describe(error)}{_advise(error, code)}"


def _locate(error: BaseException, code: Path) -> str:
    """Return `inference.py, line 12: ` for the model's own code, or which default of the image raised the error."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [(frame.filename, frame.lineno) for frame in frames]
    if isinstance(error, SyntaxError) and error.filename:
        places.append((error.filename, error.lineno))
    own = [(Path(file), line) for file, line in places if Path(file).is_relative_to(code)]
    if own:
        return f"{own[-1][0].relative_to(code).as_posix()}, line {own[-1][1]}: "
    defaults = [frame.name for frame in frames if frame.name in DEFAULTS]
    return f"the image's default {defaults[-1]}: " if defaults else ""


def _describe(error: BaseException) -> str:
    return (error.msg if isinstance(error, SyntaxError) else str(error)) or "no message"


def _advise(error: BaseException, code: Path) -> str:
    """Return what to do about a missing module; empty for another error."""
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return ""
    file = code / REQUIREMENTS
    if not file.is_file():
        return f". The model has no code/{REQUIREMENTS}"
    package = error.name.partition(".")[0]
    if re.search(rf"^\s*{re.escape(package)}\b", file.read_text("utf-8-sig", "replace"), re.IGNORECASE | re.MULTILINE):
        return f". code/{REQUIREMENTS} lists it, but pip installed no such module"
    return f". code/{REQUIREMENTS} does not list it"
