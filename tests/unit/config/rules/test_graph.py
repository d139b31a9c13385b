"""Steps that wait for each other. tests/golden/config-errors/graph has every message."""

from __future__ import annotations

from tests.unit.config.sample_configs import list_problems, load

STEPS = "model: churn\nsteps:\n  a: {{script: a.py, image: x, after: {}}}\n  b: {{script: b.py, image: x, after: {}}}\n"


def test_a_step_waits_for_another() -> None:
    assert load(STEPS.format("[b]", "[]"))


def test_a_cycle_is_a_chain_and_reported_once() -> None:
    assert list_problems(STEPS.format("[b]", "[a]")) == [
        "config.yaml:3  steps.a.after[0]: these steps wait for each other: a → b → a. "
        "Remove one of these inputs or `after` entries"
    ]


def test_the_only_step_has_no_others() -> None:
    text = "model: churn\nsteps: {a: {script: a.py, image: x, after: [b]}}\n"
    assert list_problems(text) == ["config.yaml:2  steps.a.after[0]: there is no step 'b' (there are no others)"]
