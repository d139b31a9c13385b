"""The gate as a choice rule of the SDK."""

from __future__ import annotations


def test_the_gate_follows_the_verdict() -> None:
    from pushtrain.sdk import build_gate_rule

    assert build_gate_rule().to_dict() == {"Variable": "$.verdict.passed", "BooleanEquals": True}
