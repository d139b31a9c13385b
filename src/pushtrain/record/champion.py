"""The champion of a run: the model version in service when the run was started. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

IN_REPRODUCTION = "reproduction"  # `without_champion` of an execution input, for a run that reproduces a version


class RecordedChampion(Struct, frozen=True, kw_only=True):
    """A model version as approved.json described it when the run was started.

    `uri` is the S3 address of its model in the serving bucket, `image` the one in which it was evaluated before it was
    registered, `candidate` the candidate that it was, empty if none. `metrics` are those of the gate at that time.
    `fault` says why it cannot be evaluated; then no job tries it.
    """

    version: int
    uri: str
    image: str
    run: str
    candidate: str = ""
    metrics: Mapping[str, int | float] = field(default_factory=dict)
    fault: str = ""

    def build_input(self, *, is_evaluated: bool) -> dict[str, Any]:
        """Return what the execution input says of it. Without `uri` no job evaluates it."""
        head = {"version": self.version, "fault": self.fault, "candidate": self.candidate}
        return head | ({"uri": self.uri, "image": self.image} if is_evaluated and not self.fault else {})
