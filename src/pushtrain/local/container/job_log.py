"""The log of a job: write each line to a file, pass it to a listener, and search it for metrics.

In: lines, and metric definitions as (name, regex) pairs. Out: the file, calls of the listener, the last value of each
metric.
"""

from __future__ import annotations

import math
import os
import re
import time
from collections.abc import Callable
from contextlib import nullcontext, suppress
from pathlib import Path

from pushtrain.local.container.contract import JobError


class JobLog:
    """The log of a running job. `last_line` is the last line that is not blank."""

    def __init__(self, file: Path, on_line: Callable[[str], None]) -> None:
        self._path = file
        self._file = file.open("w", encoding="utf-8", newline="\n")
        self._is_broken = False
        self._on_line = on_line
        self._definitions: list[tuple[str, re.Pattern[str]]] = []
        self._metrics: dict[str, tuple[str, float, float]] = {}
        self.last_line = ""

    def __enter__(self) -> JobLog:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError) if self._is_broken else nullcontext():  # what the disk did not take is still buffered
            self._file.close()

    def watch(self, definitions: tuple[tuple[str, str], ...]) -> None:
        """Search the lines for these MetricDefinitions, given as (name, regex). Raises JobError for a wrong regex."""
        for name, regex in definitions:
            try:
                self._definitions.append((name, re.compile(regex)))
            except re.error as error:
                raise JobError(f"ClientError: metric {name}: the regex {regex!r} is invalid: {error}") from error

    def write_line(self, text: str) -> None:
        """Write one line, given without its line end.

        Raises JobError if the disk is full. Later lines go to the listener only, so that it learns the reason.
        """
        if not self._is_broken:
            self._write(text)
        if text.strip():
            self.last_line = text.strip()
        for name, regex in self._definitions:
            if (match := regex.search(text)) and (value := _read_number(match)) is not None:
                self._metrics[name] = (name, value, time.time())
        self._on_line(text)

    def _write(self, text: str) -> None:
        try:
            self._file.write(text + "\n")
            self._file.flush()  # readers of the file see every line at once, also after a crash
        except OSError as error:
            self._is_broken = True
            reason = os.strerror(error.errno or 0)
            raise JobError(
                f"ClientError: the log of the job cannot be written ({reason}). Free some space on the disk of "
                f"{self._path.parent.parent}"
            ) from error

    @property
    def metrics(self) -> tuple[tuple[str, float, float], ...]:
        """The last (name, value, epoch seconds) of each metric that appeared."""
        return tuple(self._metrics.values())


def _read_number(match: re.Match[str]) -> float | None:
    """Return the first group as a number. NaN and infinity are no metric values in CloudWatch: return None."""
    try:
        value = float(match[1])
    except (IndexError, TypeError, ValueError):
        return None
    return value if math.isfinite(value) else None
