"""Reuse: whether an earlier job has already computed what a step would compute."""

from pushtrain.reuse.step_key import StepContent, build_step_keys, build_version_key, select_settings

__all__ = ["StepContent", "build_step_keys", "build_version_key", "select_settings"]
