"""Fixes that several checks suggest: the command names the environment, or says that you must name it."""

from __future__ import annotations

from pushtrain.doctor.remedies import suggest_deployment
from pushtrain.platform import Platform


def test_the_deployment_names_the_environment() -> None:
    assert suggest_deployment(Platform.local("prod")).endswith("make deploy ENVIRONMENT=prod")
    assert suggest_deployment(Platform.local()).endswith("make deploy ENVIRONMENT=NAME")
