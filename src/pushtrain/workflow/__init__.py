"""Config + Platform -> definition (plain values). Pure: no clock, randomness, environment, disk or network.

Templates import these names. docs/templates.md describes them.
"""

from pushtrain.workflow.compile import compile_loaded_config, compile_workflow, serialize_definition
from pushtrain.workflow.context import (
    Pipeline,
    build_job_name,
    require_completed,
    select_job_result,
)
from pushtrain.workflow.gate import build_gate, read_metrics
from pushtrain.workflow.registration import register, skip_registration
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
    "build_gate",
    "build_job_name",
    "build_state",
    "build_task",
    "chain",
    "compile_loaded_config",
    "compile_workflow",
    "fail",
    "format_string",
    "guard",
    "read_metrics",
    "register",
    "require_completed",
    "select_job_result",
    "serialize_definition",
    "skip_registration",
]
