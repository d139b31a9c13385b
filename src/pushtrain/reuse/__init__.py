"""Reuse: whether an earlier job has already computed what a step would compute."""

from typing import TYPE_CHECKING

from pushtrain.lazy import build_getattr

if TYPE_CHECKING:
    from pushtrain.reuse.cached_jobs import CachedJob, find_jobs, forget, list_cached_jobs
    from pushtrain.reuse.data_changes import DataChanges, ListedObject, Listing, compare_listings
    from pushtrain.reuse.decision import ALL_STEPS, CHANGED_OUTPUTS, FORGOTTEN, ReuseRequest, decide_reuse
    from pushtrain.reuse.explanation import FIRST_RUN, explain_step, list_differences, sort_steps
    from pushtrain.reuse.forgetting import forget_jobs, read_forgotten_jobs
    from pushtrain.reuse.forgotten import ForgottenJobs
    from pushtrain.reuse.index import FinishedRun, ReusableJob, ReuseIndex
    from pushtrain.reuse.readable_files import ReadableFiles, find_readable_files, find_unmatched_reads
    from pushtrain.reuse.same_run import build_run_key, find_same_run
    from pushtrain.reuse.step_key import StepContent, StepKey, build_step_keys, build_version_key, select_settings
    from pushtrain.reuse.storage import add_jobs, hash_outputs, read_index

NAMES = {
    ".cached_jobs": (
        "CachedJob",
        "find_jobs",
        "forget",
        "list_cached_jobs",
    ),
    ".data_changes": (
        "DataChanges",
        "ListedObject",
        "Listing",
        "compare_listings",
    ),
    ".decision": (
        "ALL_STEPS",
        "CHANGED_OUTPUTS",
        "FORGOTTEN",
        "ReuseRequest",
        "decide_reuse",
    ),
    ".explanation": (
        "FIRST_RUN",
        "explain_step",
        "list_differences",
        "sort_steps",
    ),
    ".forgetting": (
        "forget_jobs",
        "read_forgotten_jobs",
    ),
    ".forgotten": ("ForgottenJobs",),
    ".index": (
        "FinishedRun",
        "ReusableJob",
        "ReuseIndex",
    ),
    ".readable_files": (
        "ReadableFiles",
        "find_readable_files",
        "find_unmatched_reads",
    ),
    ".same_run": (
        "build_run_key",
        "find_same_run",
    ),
    ".step_key": (
        "StepContent",
        "StepKey",
        "build_step_keys",
        "build_version_key",
        "select_settings",
    ),
    ".storage": (
        "add_jobs",
        "hash_outputs",
        "read_index",
    ),
}

__all__ = [
    "ALL_STEPS",
    "CHANGED_OUTPUTS",
    "FIRST_RUN",
    "FORGOTTEN",
    "CachedJob",
    "DataChanges",
    "FinishedRun",
    "ForgottenJobs",
    "ListedObject",
    "Listing",
    "ReadableFiles",
    "ReusableJob",
    "ReuseIndex",
    "ReuseRequest",
    "StepContent",
    "StepKey",
    "add_jobs",
    "build_run_key",
    "build_step_keys",
    "build_version_key",
    "compare_listings",
    "decide_reuse",
    "explain_step",
    "find_jobs",
    "find_readable_files",
    "find_same_run",
    "find_unmatched_reads",
    "forget",
    "forget_jobs",
    "hash_outputs",
    "list_cached_jobs",
    "list_differences",
    "read_forgotten_jobs",
    "read_index",
    "select_settings",
    "sort_steps",
]

if not TYPE_CHECKING:  # a type checker would accept any name
    __getattr__ = build_getattr(__name__, NAMES)
