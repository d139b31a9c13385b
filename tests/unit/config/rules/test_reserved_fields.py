"""Fields that a raw block may not set, and what to use instead."""

from __future__ import annotations

from pushtrain.catalog import api
from pushtrain.config.rules.reserved_fields import (
    PROCESSING_RESERVED_FIELDS,
    TRAINING_RESERVED_FIELDS,
    find_reserved_fields,
    has_path,
)


def test_fields_are_found_at_any_depth_even_if_they_are_null() -> None:
    raw = {"ResourceConfig": {"InstanceCount": None, "Other": 1}, "Tags": []}
    assert dict(find_reserved_fields(raw, TRAINING_RESERVED_FIELDS)) == {
        ("ResourceConfig", "InstanceCount"): "use the step's `instances:`",
        ("Tags",): "use `tags:`",
    }
    assert not has_path(raw, ("ResourceConfig", "InstanceCount", "x"))


def test_every_reserved_field_exists_in_the_api() -> None:
    for operation, fields in (
        ("CreateTrainingJob", TRAINING_RESERVED_FIELDS),
        ("CreateProcessingJob", PROCESSING_RESERVED_FIELDS),
    ):
        for path in fields:
            *sections, name = path.split(".")
            raw: dict[str, object] = {name: None}
            for section in reversed(sections):
                raw = {section: raw}
            messages = [problem.message for problem in api.find_request_problems(operation, raw, partial=True)]
            assert not any("no such member" in message for message in messages), path
