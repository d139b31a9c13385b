"""`defaults:` of config.yaml."""

from __future__ import annotations

from pushtrain.config.defaults import apply_defaults
from tests.unit.config.sample_configs import list_problems, load

STEPS = "model: churn\nsteps: {clean: {script: clean.py, outputs: [rows]}}\ntrain: {spot: true}\n"


def test_a_step_has_the_defaults_that_it_does_not_set() -> None:
    config = load(
        STEPS + "evaluate: {framework: xgboost 1.7-1}\ndefaults: {framework: sklearn 1.2-1, max_runtime: 2h}\n"
    )
    frameworks = {name: step.framework for name, step in config.steps.items()}
    assert frameworks == {"clean": "sklearn 1.2-1", "train": "sklearn 1.2-1", "evaluate": "xgboost 1.7-1"}
    assert {step.max_runtime for step in config.steps.values()} == {7200}


def test_all_steps_wait_as_long_for_capacity() -> None:
    config = load(STEPS + "defaults: {framework: sklearn 1.2-1, wait_for_capacity: 6h}\n")
    assert {step.wait_for_capacity for step in config.steps.values()} == {6 * 3600}


def test_a_step_with_an_image_does_not_get_the_framework() -> None:
    tree = {"defaults": {"framework": "sklearn 1.2-1", "environment": {"A": "1"}}, "train": {"image": "x"}}
    assert apply_defaults(tree)[0]["train"] == {"image": "x", "environment": {"A": "1"}}


def test_variables_of_a_step_are_added_and_win() -> None:
    tree = {"defaults": {"environment": {"A": "1", "B": "1"}}, "steps": {"clean": {"environment": {"B": "2"}}}}
    assert apply_defaults(tree)[0]["steps"]["clean"]["environment"] == {"A": "1", "B": "2"}


def test_an_environment_changes_the_defaults() -> None:
    text = STEPS + "defaults: {framework: sklearn 1.2-1}\nenvironments: {prod: {defaults: {volume: 80GB}}}\n"
    assert load(text, environment="prod").steps["clean"].volume == 80
    assert load(text).steps["clean"].volume == 30


def test_a_wrong_default_is_one_problem() -> None:
    assert list_problems(STEPS + "defaults: {framework: 3}\n") == [
        'config.yaml:4  defaults.framework: expected text, found the number 3. Quote it: "3"'
    ]
    assert list_problems(STEPS + "defaults: {framewrk: sklearn 1.2-1, framework: sklearn 1.2-1}\n") == [
        "config.yaml:4  defaults.framewrk: unknown key. Did you mean 'framework'?"
    ]
    assert list_problems(STEPS + "defaults: [sklearn]\n")[0].startswith("config.yaml:4  defaults: ")
