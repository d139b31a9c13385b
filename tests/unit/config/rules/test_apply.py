"""Rules as a whole: each is applied, but not if a key that it reads is already wrong."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from pushtrain.config import rules
from pushtrain.config.rules import warnings
from pushtrain.config.rules.apply import FLOW_RULES, RULES, STEP_RULES, find_rule_issues, find_warnings
from tests.unit.config.sample_configs import FULL, load, load_train

SPOT_POOL = load(FULL).model_copy(update={"train": load_train(FULL, "dev").model_copy(update={"keep_alive": 60})})


def test_a_broken_rule_is_reported() -> None:
    assert [issue.path for issue in find_rule_issues(SPOT_POOL, ())] == [("train", "keep_alive")]


def test_a_rule_is_skipped_if_a_key_or_its_section_was_removed() -> None:
    assert find_rule_issues(SPOT_POOL, [("train", "keep_alive")]) == []
    assert find_rule_issues(SPOT_POOL, [("train",)]) == []
    assert find_rule_issues(SPOT_POOL, [("data",)]) != []


def test_no_rule_is_forgotten() -> None:
    applied = {rule.__name__ for rule, _ in (*RULES, *STEP_RULES, *FLOW_RULES)}
    modules = [import_module(f"{rules.__name__}.{module.name}") for module in iter_modules(rules.__path__)]
    written = {
        name
        for module in modules
        for name, rule in vars(module).items()
        if name.startswith("check_") and rule.__module__ == module.__name__
    }
    assert applied == written
    assert {rule.__name__ for rule in warnings.RULES} == {name for name in vars(warnings) if name.startswith("warn_")}


def test_a_valid_config_has_no_warnings() -> None:
    assert find_warnings(load(FULL)) == []
