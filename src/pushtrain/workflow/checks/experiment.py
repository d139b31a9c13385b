"""An experiment registers nothing, whatever the template. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pushtrain.errors import TemplateError
from pushtrain.platform import Platform
from pushtrain.workflow.definition import iterate_states

REGISTERING = "createmodelpackage"  # at the end of the Resource of a Task, in any case


def check_experiment(definition: Mapping[str, Any], platform: Platform) -> None:
    """Raise TemplateError if the run is an experiment and a state of its definition registers a model version."""
    if platform.experiment is None:
        return
    for name, state in iterate_states(definition):
        if isinstance(state, Mapping) and str(state.get("Resource", "")).lower().endswith(REGISTERING):
            raise TemplateError(
                f"its state {name!r} registers a model version by itself, so it cannot run an experiment. Build that "
                "state with `register` of pushtrain.workflow, or run without --set and --no-register",
                key="template",
            )
