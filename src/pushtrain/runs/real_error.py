"""Find the error of the user's script in SageMaker's failure reason or in the job's log. Pure.

Input: FailureReason of a job and the last lines of its log. Output: one line, such as `ValueError: no rows`.
SageMaker's training toolkit writes `AlgorithmError: ExecuteUserScriptError:`, then ExitCode, ErrorMessage "..." (the
last lines of a traceback) and Command on separate lines; older versions write only the Command. A processing job
reports only an exit code. AWS does not document these formats; they come from public reports of failed jobs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

# Errors of the process that started the script. The cause is another error.
WRAPPERS = re.compile(
    r"(.*\.)?(AlgorithmError|ExecuteUserScriptError|InstallRequirementsError:?$|ChildFailedError|CalledProcessError)(?!\w)"
)
PREFIX = "AlgorithmError: "
MESSAGE = 'ErrorMessage "'
TRACEBACK = "Traceback (most recent call last):"
NO_INDEX = "pip could not reach its package index"
LONGEST = 400  # characters; an exception's text may contain a whole table

_EXIT = re.compile(r", exit code: -?\d+\s*$")
_KILLED = re.compile(
    r"exit code: (-\d+|1[2-9]\d)\s*$", re.IGNORECASE
)  # killed by a signal: the exit code is 128 plus its number
_ERROR = re.compile(r"(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Interrupt|Exit|NotFound|Failure|Fault)\b(?::.*)?")
_PIP = re.compile(r"ERROR: .+")  # pip writes its errors so, the last one is the most exact
_NO_INDEX = re.compile(r"ConnectTimeoutError|NewConnectionError|ReadTimeoutError|WARNING: Retrying \(")
_USAGE = re.compile(r"\S+\.py: error: .+")


def find_script_error(reason: str, lines: Sequence[str] = ()) -> str:
    """Return the line that a person should read first; empty if neither reason nor log names an error."""
    if _KILLED.search(reason):  # the log does not say why
        return ""
    reason_lines = [line.removeprefix(MESSAGE) for line in _EXIT.sub("", reason).removeprefix(PREFIX).splitlines()]
    error = next(_list_errors(reversed(reason_lines)), "") or next(_list_log_errors(lines), "")
    return error[:LONGEST]


def _list_errors(lines: Iterator[str]) -> Iterator[str]:
    for line in (line.strip().removesuffix('"') for line in lines):
        if (_ERROR.fullmatch(line) or _USAGE.fullmatch(line)) and not WRAPPERS.match(line):
            yield line


def _list_log_errors(lines: Sequence[str]) -> Iterator[str]:
    """Yield the last line of each traceback, the last traceback first; then argparse's error, then pip's."""
    starts = [number for number, line in enumerate(lines) if line.strip().endswith(TRACEBACK)]
    for start in reversed(starts):
        depth = lines[start].index(TRACEBACK)  # distributed launchers print the rank before each line
        following = (line[depth:] for line in lines[start + 1 :])
        error = next((line.strip() for line in following if line.strip() and not line.startswith(" ")), "")
        if error and not WRAPPERS.match(error):
            yield error
    yield from _list_errors(iter(lines[::-1]))
    reached = "" if not any(map(_NO_INDEX.search, lines)) else f" ({NO_INDEX})"
    yield from (line.strip() + reached for line in reversed(lines) if _PIP.fullmatch(line.strip()))
