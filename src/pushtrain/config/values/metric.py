"""Paths into evaluation.json: `regression_metrics.mse.value`, `'a.b'.value`. Pure.

In: the text of `metric:`. Out: the keys of the path, outermost first.
"""

from __future__ import annotations

import re

from pushtrain.config.issue import quote

_PART = re.compile(r"""'([^']+)'|"([^"]+)"|([^.'"]+)""")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
MAX_LENGTH = 256


def parse_metric(path: str) -> tuple[str, ...]:
    """Split `path` on its dots: "mse.value" becomes ("mse", "value"), "'a.b'.value" becomes ("a.b", "value").

    Raises ValueError if a key is empty, a quote is not closed, or the path is longer than 256 characters.
    """
    if not path or len(path) > MAX_LENGTH or _CONTROL.search(path):
        raise ValueError(f"a metric is a path such as mse.value, with 1 to {MAX_LENGTH} characters on one line")
    keys: list[str] = []
    position = 0
    while True:
        part = _PART.match(path, position)
        if part is None:
            raise ValueError(
                f"{quote(path)} has an empty key or an open quote at character {position + 1}. "
                "Write a path such as mse.value"
            )
        keys.append(part[1] or part[2] or part[3])
        position = part.end()
        if position == len(path):
            return tuple(keys)
        if path[position] != ".":
            raise ValueError(
                f"{quote(path)} needs a dot at character {position + 1}. Quote a key that contains a dot: 'a.b'.value"
            )
        position += 1
