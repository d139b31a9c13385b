"""The earlier searches from which the search of a step goes on, frozen when the run starts. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

IDENTICAL, TRANSFER = "IdenticalDataAndAlgorithm", "TransferLearning"  # HyperParameterTuningJobWarmStartType


class ParentSearches(Struct, frozen=True, kw_only=True):
    """The tuning jobs of earlier runs. `runs` are these runs, `jobs` the names of the jobs, in the same order.

    `type` is SageMaker's: IDENTICAL if code, image and inputs of the step are those of all these runs, else TRANSFER.
    """

    runs: tuple[str, ...]
    jobs: tuple[str, ...]
    type: str

    def build_input(self) -> Mapping[str, Any]:
        """Return what the definition reads: members of WarmStartConfig."""
        return {"type": self.type, "jobs": [{"HyperParameterTuningJobName": name} for name in self.jobs]}
