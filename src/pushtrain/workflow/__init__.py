"""Config + Platform -> definition (plain values). Pure: no clock, randomness, environment, disk or network.

Templates import these names. docs/templates.md describes them.
Each module is imported when one of its names is first used.
"""

from typing import TYPE_CHECKING

from pushtrain.catalog.job_kinds import PROCESSING, TRAINING, TUNING
from pushtrain.lazy import build_getattr

if TYPE_CHECKING:
    from pushtrain.workflow.candidates import (
        ALL_CANDIDATES,
        CANDIDATE_RESULTS,
        build_failed_candidate,
        name_candidate,
        require_candidate,
        select_candidate_jobs,
        select_candidate_results,
    )
    from pushtrain.workflow.compile import compile_workflow, locate_template_errors, serialize_definition
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

NAMES = {
    ".candidates": (
        "ALL_CANDIDATES",
        "CANDIDATE_RESULTS",
        "build_failed_candidate",
        "name_candidate",
        "require_candidate",
        "select_candidate_jobs",
        "select_candidate_results",
    ),
    ".compile": ("compile_workflow", "locate_template_errors", "serialize_definition"),
    ".context": (
        "Pipeline",
        "build_job_name",
        "end_branch",
        "name_branches",
        "require_completed",
        "select_branch_results",
        "select_job_result",
        "start_run",
    ),
    ".gate": ("build_gate", "decide"),
    ".order": ("Branches", "Group", "Series", "list_group_steps"),
    ".registration": ("register", "skip_registration"),
    ".runtime_values": ("build_result_path",),
    ".states": (
        "EMPTY",
        "Fragment",
        "build_choice",
        "build_parallel",
        "build_state",
        "build_task",
        "chain",
        "fail",
        "format_string",
        "guard",
    ),
}

# The version of what templates may import. It rises when a name goes away or takes other arguments.
TEMPLATE_API = 2

__all__ = [
    "ALL_CANDIDATES",
    "CANDIDATE_RESULTS",
    "EMPTY",
    "PROCESSING",
    "TEMPLATE_API",
    "TRAINING",
    "TUNING",
    "Branches",
    "Fragment",
    "Group",
    "Pipeline",
    "Series",
    "build_choice",
    "build_failed_candidate",
    "build_gate",
    "build_job_name",
    "build_parallel",
    "build_result_path",
    "build_state",
    "build_task",
    "chain",
    "compile_workflow",
    "decide",
    "end_branch",
    "fail",
    "format_string",
    "guard",
    "list_group_steps",
    "locate_template_errors",
    "name_branches",
    "name_candidate",
    "register",
    "require_candidate",
    "require_completed",
    "select_branch_results",
    "select_candidate_jobs",
    "select_candidate_results",
    "select_job_result",
    "serialize_definition",
    "skip_registration",
    "start_run",
]

if not TYPE_CHECKING:  # a type checker would accept any name
    __getattr__ = build_getattr(__name__, NAMES)
