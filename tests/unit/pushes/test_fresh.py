"""Which steps a push wants to run: the metadata of config.yaml."""

from __future__ import annotations

import pytest

from pushtrain.config import load_config
from pushtrain.errors import PushError, UsageError
from pushtrain.pushes.fresh import (
    AGAIN,
    FRESH,
    REPRODUCES,
    check_fresh,
    format_fresh,
    format_reproduction,
    parse_fresh,
    parse_reproduction,
)
from pushtrain.record import Reproduced
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
    assert format_fresh((), allow_same=True) == {AGAIN: "true"}
    assert set(format_fresh(("train",), allow_same=True)) == {AGAIN, FRESH}


def test_a_run_that_reproduces_a_version_runs_every_step() -> None:
    third = Reproduced(model_version=3, run="r1")
    metadata = format_reproduction(third)
    assert metadata == {FRESH: ALL_STEPS, AGAIN: "true", REPRODUCES: "3 r1"}
    assert parse_reproduction(metadata) == third
    assert parse_reproduction({FRESH: "train"}) is None
    with pytest.raises(PushError) as refused:
        parse_reproduction({REPRODUCES: "three"})
    assert str(refused.value) == (
        "the metadata pushtrain-reproduces of config.yaml is 'three'; expected the number of a version and its run. "
        "Start it with `pushtrain reproduce MODEL VERSION`"
    )
