"""The error a script itself ended with, out of what wraps it: SageMaker's reason and the lines of a log. Pure.

In: FailureReason of a job, and the last lines of its log. Out: one line, such as `ValueError: no rows`.
SageMaker's training toolkit writes `AlgorithmError: ExecuteUserScriptError:`, then ExitCode, ErrorMessage "..." (the
last lines of a traceback) and Command on lines of their own, older ones the Command alone; a processing job tells an
exit code only. No AWS page says so: these forms are those in public reports of failed jobs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

# Whoever started the script says so: another error is the cause.
WRAPPERS = re.compile(r"(.*\.)?(AlgorithmError|ExecuteUserScriptError|ChildFailedError|CalledProcessError)\b")
PREFIX = "AlgorithmError: "
MESSAGE = 'ErrorMessage "'
TRACEBACK = "Traceback (most recent call last):"
LONGEST = 400  # characters; an exception may quote a whole table

_EXIT = re.compile(r", exit code: -?\d+\s*$")
_KILLED = re.compile(r"exit code: (-\d+|1[2-9]\d)\s*$", re.IGNORECASE)  # by a signal: 128 and its number
_ERROR = re.compile(r"(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Interrupt|Exit|NotFound|Failure|Fault)\b(?::.*)?")
_USAGE = re.compile(r"\S+\.py: error: .+")


def find_script_error(reason: str, lines: Sequence[str] = ()) -> str:
    """The line to read first; nothing where neither the reason nor the log names an error."""
    if _KILLED.search(reason):  # whatever the log holds, it is not why
        return ""
    told = [line.removeprefix(MESSAGE) for line in _EXIT.sub("", reason).removeprefix(PREFIX).splitlines()]
    found = next(_errors(reversed(told)), "") or next(_in_log(lines), "")
    return found[:LONGEST]


def _errors(lines: Iterator[str]) -> Iterator[str]:
    for line in (each.strip().removesuffix('"') for each in lines):
        if (_ERROR.fullmatch(line) or _USAGE.fullmatch(line)) and not WRAPPERS.match(line):
            yield line


def _in_log(lines: Sequence[str]) -> Iterator[str]:
    """What each traceback ended with, the last traceback first; else what argparse said."""
    starts = [number for number, line in enumerate(lines) if line.strip().endswith(TRACEBACK)]
    for start in reversed(starts):
        depth = lines[start].index(TRACEBACK)  # launchers put the rank in front
        after = (line[depth:] for line in lines[start + 1 :])
        ended = next((line.strip() for line in after if line.strip() and not line.startswith(" ")), "")
        if ended and not WRAPPERS.match(ended):
            yield ended
    yield from _errors(iter(lines[::-1]))
