"""Definitions of small state machines for tests."""

from __future__ import annotations

from typing import Any

MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:machine"


def passing(text: str) -> dict[str, Any]:
    return {"StartAt": "Only", "States": {"Only": {"Type": "Pass", "Result": {"said": text}, "End": True}}}


def waiting() -> dict[str, Any]:
    return {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 60, "End": True}}}


def only(**members: Any) -> dict[str, Any]:
    return {"StartAt": "Only", "States": {"Only": {"Type": "Pass", **members}}}
