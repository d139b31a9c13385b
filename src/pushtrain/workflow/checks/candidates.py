"""Every candidate is run, whatever the template. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pushtrain.errors import TemplateError
from pushtrain.workflow.definition import iterate_states

if TYPE_CHECKING:
    from pushtrain.config import Config


def check_candidates(definition: Mapping[str, Any], config: Config) -> None:
    """Raise TemplateError if a definition has no state for a step of a candidate."""
    states = {name for name, _ in iterate_states(definition)}
    steps = (step for candidate in config.candidates for step in candidate.run_steps)
    if missing := next((step for step in steps if step not in states), ""):
        raise TemplateError(
            f"template {config.template!r} does not run the candidates: it has no state {missing!r}. Build their "
            "states with `pipeline.run_steps()`, or remove `candidates`",
            key="candidates",
        )
