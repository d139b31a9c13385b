"""Remedies that several checks name."""

from __future__ import annotations

from pushtrain.platform import Platform


def deploy(platform: Platform) -> str:
    """The deployment makes everything as it must be."""
    return f"deploy the platform again: make deploy ENVIRONMENT={platform.environment or 'NAME'}"
