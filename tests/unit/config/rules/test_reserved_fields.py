"""Fields that a raw block may not set, and what to use instead."""

from __future__ import annotations

from pushtrain.catalog.job_kinds import TRAINING
from pushtrain.config.rules.reserved_fields import find_reserved_fields, has_path


def test_fields_are_found_at_any_depth_even_if_they_are_null() -> None:
    raw = {"ResourceConfig": {"InstanceCount": None, "Other": 1}, "Tags": []}
    assert dict(find_reserved_fields(raw, TRAINING.reserved_fields)) == {
        ("ResourceConfig", "InstanceCount"): "use the step's `instances:`",
        ("Tags",): "use `tags:`",
    }
    assert not has_path(raw, ("ResourceConfig", "InstanceCount", "x"))
