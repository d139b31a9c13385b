"""What a push wants to run although an earlier result is known: S3 metadata of its config.yaml. Pure.

That is some steps (`fresh`), or a run that may reuse every step (`again`). They are no part of the revision: the same
files give the same revision, however they are pushed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pushtrain.catalog.suggest import did_you_mean
from pushtrain.errors import UsageError
from pushtrain.reuse import ALL_STEPS

if TYPE_CHECKING:
    from pushtrain.config import Config

FRESH = "pushtrain-fresh"  # names of the metadata
AGAIN = "pushtrain-again"


def check_fresh(steps: Iterable[str], config: Config) -> None:
    """Raise UsageError if a model has no such step. ALL_STEPS is any step."""
    for step in steps:
        if step != ALL_STEPS and step not in config.steps:
            suggestion = did_you_mean(step, config.steps) or f". Its steps are {', '.join(config.steps)}"
            raise UsageError(f"{config.model} has no step {step!r}{suggestion}")


def format_fresh(steps: Iterable[str], *, again: bool = False) -> dict[str, str]:
    """Return the metadata of config.yaml; empty without steps and `again`."""
    metadata = {FRESH: ",".join(sorted(steps)), AGAIN: "true" if again else ""}
    return {name: text for name, text in metadata.items() if text}


def parse_fresh(text: str) -> frozenset[str]:
    """Return the steps, or ALL_STEPS, in the value of the metadata."""
    return frozenset(step for step in text.split(",") if step)
