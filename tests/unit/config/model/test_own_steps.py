"""The class of a step of one's own follows from its kind."""

from __future__ import annotations

from pushtrain.catalog.job_kinds import STEP_KINDS
from pushtrain.config.model.own_steps import OWN_STEPS, find_step_tag


def test_there_is_a_class_for_each_kind_of_step() -> None:
    assert {section.kind for section in OWN_STEPS.values()} == set(STEP_KINDS)
    assert [find_step_tag({"kind": kind.name}) for kind in STEP_KINDS] == [f"[{kind.name}]" for kind in STEP_KINDS]
    assert find_step_tag({}) == find_step_tag({"kind": "other"}) == "[processing]"
