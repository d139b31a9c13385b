"""Config + Platform -> definition (a plain dict). Pure: no clock, randomness, environment, disk or network.

These are the public names a template is written with.
"""

from pushtrain.workflow.compile import compile_loaded_config, compile_workflow, definition_text, fingerprint
from pushtrain.workflow.context import (
    Pipeline,
    completed,
    gate,
    job_name,
    job_result,
    not_registered,
    read_metrics,
    register,
)
from pushtrain.workflow.states import NOTHING, Fragment, chain, choice, fail, fmt, guard, single, task

Workflow = Fragment

__all__ = [
    "NOTHING",
    "Fragment",
    "Pipeline",
    "Workflow",
    "chain",
    "choice",
    "compile_loaded_config",
    "compile_workflow",
    "completed",
    "definition_text",
    "fail",
    "fingerprint",
    "fmt",
    "gate",
    "guard",
    "job_name",
    "job_result",
    "not_registered",
    "read_metrics",
    "register",
    "single",
    "task",
]
