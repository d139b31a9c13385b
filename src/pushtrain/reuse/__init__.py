"""Reuse: whether an earlier job has already computed what a step would compute."""

from pushtrain.reuse.readable_files import ReadableFiles, find_readable_files, find_unmatched_reads
from pushtrain.reuse.step_key import StepContent, build_step_keys, build_version_key, select_settings

__all__ = [
    "ReadableFiles",
    "StepContent",
    "build_step_keys",
    "build_version_key",
    "find_readable_files",
    "find_unmatched_reads",
    "select_settings",
]
