"""Compile a loaded config.yaml as a push does."""

from __future__ import annotations

from typing import Any

from pushtrain.config import LoadedConfig
from pushtrain.platform import Platform
from pushtrain.workflow import compile_workflow, locate_template_errors


def compile_loaded(loaded: LoadedConfig, platform: Platform, *, file: str = "config.yaml") -> dict[str, Any]:
    with locate_template_errors(loaded, file=file):
        return compile_workflow(loaded.config, platform)
