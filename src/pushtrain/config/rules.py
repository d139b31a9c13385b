"""Rules that need more than one key of config.yaml at once. Pure.

In: a Config whose values are each sound. Out: Findings. A rule says which keys it reads, so that it is left out
where one of them is wrong already.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from pushtrain.config.finding import Finding, Path, inside
from pushtrain.config.model import Config

Rule = Callable[[Config], Iterator[Finding]]


def broken(config: Config, bad: Collection[Path]) -> list[Finding]:
    return []


def surprises(config: Config, bad: Collection[Path]) -> list[Finding]:
    return []
