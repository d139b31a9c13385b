"""The earlier run that a push would only repeat. Pure."""

from __future__ import annotations

from msgspec import Struct


class SameRun(Struct, frozen=True, kw_only=True):
    """An earlier run of the same code, config.yaml, data and images, whose results are all still there.

    `outcome` is registered or not_registered, `model_version` the number of the version that it registered.
    """

    run: str
    outcome: str
    model_version: int | None
