"""A candidate: one of several models that a run trains side by side, as `candidates:` of config.yaml lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from pushtrain.config.model.config import Config


class Candidate(Struct, frozen=True, kw_only=True):
    """One candidate: its name, and config.yaml with its overlay. That config has no candidates.

    `own_steps` are the steps that run once for each candidate; all other steps run once for all of them.
    """

    name: str
    config: Config
    own_steps: tuple[str, ...]

    def name_step(self, step: str) -> str:
        """Return the name that a step of `config` has in the run: `boost-train`, or `preprocess` if all share it."""
        return f"{self.name}-{step}" if step in self.own_steps else step

    @property
    def run_steps(self) -> tuple[str, ...]:
        """The names of its own steps in the run: ("boost-train", "boost-evaluate")."""
        return tuple(self.name_step(step) for step in self.own_steps)
