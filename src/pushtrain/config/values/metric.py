"""Paths into evaluation.json: `regression_metrics.mse.value`, `metrics[0].value`, `'a.b'.value`. Pure.

In: the text of `metric:`. Out: the keys and list indices of the path, outermost first; and back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pushtrain.config.issue import quote

MetricKeys = tuple[str | int, ...]  # ("metrics", 0, "value"): a whole number is an index of a list

_KEY = re.compile(r"""'([^']+)'|"([^"]+)"|([^.'"\[\]]+)""")
_INDEX = re.compile(r"\[(\d{1,9})\]", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NEEDS_QUOTES = re.compile(r"[.\[\]]|^\$")
MAX_LENGTH = 256


def parse_metric(path: str) -> MetricKeys:
    """Split a path: "mse.value" becomes ("mse", "value"), "'a.b'[0].value" becomes ("a.b", 0, "value").

    Raises ValueError if a key is empty, a quote or bracket is not closed, an index is no whole number, or the path is
    longer than 256 characters.
    """
    if not path or len(path) > MAX_LENGTH or _CONTROL.search(path):
        raise ValueError(f"a metric is a path such as mse.value, with 1 to {MAX_LENGTH} characters on one line")
    if path.startswith("$"):
        raise ValueError(f"{quote(path)} begins with $. Write the path without it, such as mse.value")
    keys: list[str | int] = []
    position = 0
    while True:
        position = _read_part(path, position, keys)
        if position == len(path):
            return tuple(keys)
        if path[position] != ".":
            raise ValueError(
                f"{quote(path)} needs a dot at character {position + 1}. Quote a key that contains a dot: 'a.b'.value"
            )
        position += 1


def format_metric_path(keys: Sequence[str | int]) -> str:
    """Join keys to a path that `parse_metric` reads. A key with a dot, a bracket or a first $ is quoted."""
    path = ""
    for key in keys:
        if isinstance(key, int):
            path += f"[{key}]"
        else:
            path += ("." if path else "") + (f"'{key}'" if _NEEDS_QUOTES.search(key) else key)
    return path


def _read_part(path: str, position: int, keys: list[str | int]) -> int:
    """Append a key and the indices behind it to `keys`. Return the position behind them."""
    if keys or not path.startswith("["):  # evaluation.json may be a list
        part = _KEY.match(path, position)
        if part is None:
            raise ValueError(
                f"{quote(path)} has an empty key or an open quote at character {position + 1}. "
                "Write a path such as mse.value"
            )
        keys.append(part[1] or part[2] or part[3])
        position = part.end()
    while path[position : position + 1] in ("[", "]"):
        index = _INDEX.match(path, position)
        if index is None:
            raise ValueError(
                f"{quote(path)} has a bracket at character {position + 1} that is no index of a list. Write an index "
                "such as metrics[0].value, or quote a key that contains a bracket: 'a[b]'.value"
            )
        keys.append(int(index[1]))
        position = index.end()
    return position
