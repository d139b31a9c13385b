"""Which steps a push wants to run: the metadata of config.yaml."""

from __future__ import annotations

import pytest

from pushtrain.config import load_config
from pushtrain.errors import UsageError
from pushtrain.pushes.fresh import AGAIN, FRESH, check_fresh, format_fresh, parse_fresh
from pushtrain.reuse import ALL_STEPS

CONFIG = load_config(b"model: churn\ntrain: {framework: sklearn 1.2-1}\nevaluate: {framework: sklearn 1.2-1}\n").config


@pytest.mark.parametrize("steps", [(), ("train",), ("train", "evaluate"), (ALL_STEPS,)])
def test_the_steps_are_read_back(steps: tuple[str, ...]) -> None:
    metadata = format_fresh(steps)
    assert set(metadata) == ({FRESH} if steps else set())
    assert parse_fresh(metadata.get(FRESH, "")) == frozenset(steps)


def test_a_step_must_exist() -> None:
    check_fresh(("train", ALL_STEPS), CONFIG)
    with pytest.raises(UsageError) as typo:
        check_fresh(("tran",), CONFIG)
    assert str(typo.value) == "churn has no step 'tran'. Did you mean 'train'?"
    with pytest.raises(UsageError) as other:
        check_fresh(("deploy",), CONFIG)
    assert str(other.value) == "churn has no step 'deploy'. Its steps are train, evaluate"


def test_a_run_that_only_repeats_an_earlier_one_is_asked_for() -> None:
    assert format_fresh((), again=True) == {AGAIN: "true"}
    assert set(format_fresh(("train",), again=True)) == {AGAIN, FRESH}
