"""Fixes that several checks suggest."""

from __future__ import annotations

from pushtrain.platform import Platform


def suggest_deployment(platform: Platform) -> str:
    """Return the fix for a resource that is missing or different: a deployment restores it."""
    return f"deploy the platform again: make deploy ENVIRONMENT={platform.environment or 'NAME'}"
