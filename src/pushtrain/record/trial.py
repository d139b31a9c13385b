"""A trial: one training job of a step that searches hyperparameters. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from msgspec import Struct, field


class Trial(Struct, frozen=True, kw_only=True):
    """One trial and what became of it.

    `number` is its position among the trials, from 1. `value` is that of the `metric` that decides, None if the trial
    failed or logged none; `rank` is 1 for the best value. `hyperparameters` are those that were searched, as texts.
    `reason` says why it failed.
    """

    number: int
    name: str
    arn: str
    status: str
    seconds: float
    metric: str = ""
    value: float | None = None
    rank: int | None = None
    hyperparameters: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    is_best: bool = False


def find_best_trial(trials: Iterable[Trial]) -> Trial | None:
    """Return the trial whose model the run goes on with; None if none succeeded."""
    return next((trial for trial in trials if trial.is_best), None)


def decode_hyperparameter(text: str) -> str:
    r"""Return a hyperparameter as people write it: JSON text such as `"gbtree"` without its quotes."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, str) else text


def shorten_hyperparameter(text: str) -> str:
    """Return a hyperparameter for a table: a number that is not whole with four significant digits."""
    decoded = decode_hyperparameter(text)
    try:
        return decoded if decoded.lstrip("-").isdecimal() else f"{float(decoded):.4g}"
    except ValueError:
        return decoded
