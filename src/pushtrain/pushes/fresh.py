"""What a push wants besides its files: S3 metadata of its config.yaml. Pure.

That is to run some steps although an earlier result is known (`fresh`), a run that may reuse every step
(`allow_same`), one that does not compare with the champion, or one that reproduces a model version.
They are no part of the revision: the same files give the same revision, however they are pushed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from pushtrain.catalog.suggest import did_you_mean
from pushtrain.errors import PushError, UsageError
from pushtrain.record import Reproduced, parse_reproduced
from pushtrain.reuse import ALL_STEPS

if TYPE_CHECKING:
    from pushtrain.config import Config

FRESH = "pushtrain-fresh"  # names of the metadata
AGAIN = "pushtrain-again"
WITHOUT_CHAMPION = "pushtrain-without-champion"
REPRODUCES = "pushtrain-reproduces"


def check_fresh(steps: Iterable[str], config: Config) -> None:
    """Raise UsageError if a model has no such step. ALL_STEPS is any step."""
    for step in steps:
        if step != ALL_STEPS and step not in config.steps:
            suggestion = did_you_mean(step, config.steps) or f". Its steps are {', '.join(config.steps)}"
            raise UsageError(f"{config.model} has no step {step!r}{suggestion}")


def format_fresh(steps: Iterable[str], *, allow_same: bool = False, without_champion: bool = False) -> dict[str, str]:
    """Return the metadata of config.yaml; empty without steps, `allow_same` and `without_champion`."""
    metadata = {
        FRESH: ",".join(sorted(steps)),
        AGAIN: "true" if allow_same else "",
        WITHOUT_CHAMPION: "true" if without_champion else "",
    }
    return {name: text for name, text in metadata.items() if text}


def parse_fresh(text: str) -> frozenset[str]:
    """Return the steps, or ALL_STEPS, in the value of the metadata."""
    return frozenset(step for step in text.split(",") if step)


def format_reproduction(reproduces: Reproduced) -> dict[str, str]:
    """Return the metadata of a config.yaml whose run reproduces a version: all of its steps run."""
    return {**format_fresh((ALL_STEPS,), allow_same=True), REPRODUCES: str(reproduces)}


def parse_reproduction(metadata: Mapping[str, str]) -> Reproduced | None:
    """Return the version that a push reproduces; None for any other push. Raises PushError if it is unreadable.

    Such a run registers nothing, so a text that cannot be read must not become a push that registers.
    """
    text = metadata.get(REPRODUCES)
    if text is None:
        return None
    reproduces = parse_reproduced(text)
    if reproduces is None:
        raise PushError(
            f"the metadata {REPRODUCES} of config.yaml is {text!r}; expected the number of a version and its run. "
            "Start it with `pushtrain reproduce MODEL VERSION`"
        )
    return reproduces
