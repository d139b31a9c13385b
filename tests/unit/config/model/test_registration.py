"""`register:`: conditions and how a model is served."""

from __future__ import annotations

import pytest

from pushtrain.config import CONDITION_KINDS, Condition
from pushtrain.config.conditions import AT_LEAST, BELOW
from tests.unit.config.sample_configs import FULL, SMALL, list_problems, load

GATED = SMALL + "evaluate: {framework: sklearn 1.2-1}\nregister: {when: [{metric: f1BOUNDS}]}\n"


def test_a_condition_has_one_bound() -> None:
    (condition,) = load(FULL).conditions
    assert (condition.kind, condition.bound) == (AT_LEAST, 0.9)
    assert condition.bounds == {AT_LEAST: 0.9}
    assert Condition(metric="mse.value", below=1).bounds == {BELOW: 1}


def test_a_condition_has_a_field_for_each_kind() -> None:
    fields = {name: field.description for name, field in Condition.model_fields.items() if name != "metric"}
    assert list(fields.items())[: len(CONDITION_KINDS)] == [(kind.key, kind.description) for kind in CONDITION_KINDS]


@pytest.mark.parametrize(
    ("bounds", "listed"),
    [("", "none"), (", above: 0.5, below: 0.9", "above and below"), (", at_most: 1, above: 0", "at_most and above")],
)
def test_no_bound_or_two_are_refused(bounds: str, listed: str) -> None:
    keys = ", ".join(kind.key for kind in CONDITION_KINDS)
    assert list_problems(GATED.replace("BOUNDS", bounds)) == [
        f"config.yaml:4  register.when[0]: expected exactly one of {keys}, found {listed}. "
        "Write one condition for each bound"
    ]


def test_a_bound_is_a_finite_number() -> None:
    (problem,) = list_problems(GATED.replace("BOUNDS", ", above: .inf"))
    assert problem == "config.yaml:4  register.when[0].above: .inf is not a finite number"


def test_serving_has_defaults() -> None:
    registration = load(SMALL + "register: {}\n").registration
    assert registration is not None
    assert registration.when == ()
    assert registration.inference.instances == ("ml.m5.large",)
    assert registration.inference.content_types == ("text/csv", "application/json")
