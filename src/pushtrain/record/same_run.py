"""The earlier run that a push would only repeat. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class SameRun:
    """An earlier run of the same code, config.yaml, data and images, whose results are all still there.

    `outcome` is registered or not_registered, `model_version` the number of the version that it registered.
    """

    run: str
    outcome: str
    model_version: int | None
