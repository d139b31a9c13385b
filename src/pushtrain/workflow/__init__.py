"""Config + Platform -> definition (plain values). Pure: no clock, randomness, environment, disk or network.

Templates import these names. docs/templates.md describes them.
"""

from pushtrain.catalog.job_kinds import PROCESSING, TRAINING
from pushtrain.workflow.compile import compile_loaded_config, compile_workflow, serialize_definition
from pushtrain.workflow.context import (
    Pipeline,
    build_job_name,
    end_branch,
    name_branches,
    require_completed,
    select_branch_results,
    select_job_result,
    start_run,
)
from pushtrain.workflow.gate import build_gate, decide
from pushtrain.workflow.order import Branches, Group, Series, list_group_steps
from pushtrain.workflow.registration import register, skip_registration
from pushtrain.workflow.runtime_values import build_result_path
from pushtrain.workflow.states import (
    EMPTY,
    Fragment,
    build_choice,
    build_parallel,
    build_state,
    build_task,
    chain,
    fail,
    format_string,
    guard,
)

# The version of what templates may import. It rises when a name goes away or takes other arguments.
TEMPLATE_API = 2

__all__ = [
    "EMPTY",
    "PROCESSING",
    "TEMPLATE_API",
    "TRAINING",
    "Branches",
    "Fragment",
    "Group",
    "Pipeline",
    "Series",
    "build_choice",
    "build_gate",
    "build_job_name",
    "build_parallel",
    "build_result_path",
    "build_state",
    "build_task",
    "chain",
    "compile_loaded_config",
    "compile_workflow",
    "decide",
    "end_branch",
    "fail",
    "format_string",
    "guard",
    "list_group_steps",
    "name_branches",
    "register",
    "require_completed",
    "select_branch_results",
    "select_job_result",
    "serialize_definition",
    "skip_registration",
    "start_run",
]
