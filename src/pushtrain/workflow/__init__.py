"""Config + Platform -> definition (a plain dict). Pure: no clock, randomness, environment, disk or network.

These are the public names a template is written with.
"""

from pushtrain.workflow.compile import compile_loaded_config, compile_workflow, fingerprint, serialize_definition
from pushtrain.workflow.context import (
    Pipeline,
    build_job_name,
    gate,
    read_metrics,
    register,
    require_completed,
    select_job_result,
    skip_registration,
)
from pushtrain.workflow.states import (
    EMPTY,
    Fragment,
    build_choice,
    build_state,
    build_task,
    chain,
    fail,
    format_string,
    guard,
)

__all__ = [
    "EMPTY",
    "Fragment",
    "Pipeline",
    "build_choice",
    "build_job_name",
    "build_state",
    "build_task",
    "chain",
    "compile_loaded_config",
    "compile_workflow",
    "fail",
    "fingerprint",
    "format_string",
    "gate",
    "guard",
    "read_metrics",
    "register",
    "require_completed",
    "select_job_result",
    "serialize_definition",
    "skip_registration",
]
