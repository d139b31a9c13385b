"""A job's log: each line goes to its file, to whoever listens, and past the metric definitions.

In: lines, (name, regex) pairs. Out: the file, calls of the listener, the last value of each metric. Decides nothing.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable
from pathlib import Path

from pushtrain.local.container.contract import JobError


class JobLog:
    """Open for as long as the job runs; `last` is the last line that says something."""

    def __init__(self, file: Path, on_line: Callable[[str], None]) -> None:
        self._file = file.open("w", encoding="utf-8", newline="\n")
        self._on_line = on_line
        self._definitions: list[tuple[str, re.Pattern[str]]] = []
        self._metrics: dict[str, tuple[str, float, float]] = {}
        self.last = ""

    def __enter__(self) -> JobLog:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def watch(self, definitions: tuple[tuple[str, str], ...]) -> None:
        """MetricDefinitions as (name, regex). Raises JobError for a regex that is none."""
        for name, regex in definitions:
            try:
                self._definitions.append((name, re.compile(regex)))
            except re.error as error:
                raise JobError(f"ClientError: metric {name}: the regex {regex!r} is invalid: {error}") from error

    def line(self, text: str) -> None:
        """One line, without its end."""
        self._file.write(text + "\n")
        self._file.flush()  # who follows the file, or finds it after a crash, sees every line
        if text.strip():
            self.last = text.strip()
        for name, regex in self._definitions:
            if (match := regex.search(text)) and (value := _number(match)) is not None:
                self._metrics[name] = (name, value, time.time())
        self._on_line(text)

    def metrics(self) -> tuple[tuple[str, float, float], ...]:
        """The last (name, value, epoch seconds) of each metric that appeared."""
        return tuple(self._metrics.values())


def _number(match: re.Match[str]) -> float | None:
    """The first group as a number; CloudWatch takes no NaN and no infinity."""
    try:
        value = float(match[1])
    except (IndexError, TypeError, ValueError):
        return None
    return value if math.isfinite(value) else None
