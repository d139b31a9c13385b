"""All rules that compare several keys of config.yaml, and the functions that apply them. Pure.

In: a Config whose single values are valid, and the paths that were removed because they were not. Out: Issues.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial

from pushtrain.config.issue import Issue, KeyPath, is_inside
from pushtrain.config.model import Config
from pushtrain.config.rules import data, jobs, register, warnings

Rule = Callable[[Config], Iterator[Issue]]

STEPS = ("preprocess", "train", "evaluate")
# Each rule with the keys that it reads. A rule is skipped if one of its keys is already wrong.
RULES: tuple[tuple[Rule, tuple[str, ...]], ...] = (
    *((partial(jobs.check_one_image, name=name), (f"{name}.framework", f"{name}.image")) for name in STEPS),
    *((partial(jobs.check_image_exists, name=name), (f"{name}.framework", f"{name}.instance")) for name in STEPS),
    (jobs.check_spot, ("train.spot", "train.max_wait", "train.max_runtime")),
    (jobs.check_warm_pool, ("train.spot", "train.keep_alive")),
    (jobs.check_raw_fields, ()),
    (data.check_channels, ("data", "preprocess.outputs", "train.channels")),
    (data.check_inputs, ("data", "preprocess.outputs", "evaluate.inputs")),
    (data.check_no_repeats, ()),
    (data.check_data_count, ("data",)),
    (data.check_scripts_are_packed, ("data", "preprocess.script", "train.script", "evaluate.script")),
    (data.check_input_count, ("data", "preprocess.outputs", "evaluate.inputs")),
    (register.check_gate_has_evaluate, ("register.when", "evaluate")),
    (register.check_conditions_agree, ("register.when",)),
    (register.check_metadata_count, ("register.when", "data")),
    (register.check_one_serving_image, ("register.inference",)),
    (register.check_instances_alike, ("register.inference.instances",)),
    (register.check_serving_image_exists, ("register.inference", "train.framework", "train.image")),
)


def find_rule_issues(config: Config, removed: Collection[KeyPath]) -> list[Issue]:
    """Return the issues between the keys of `config`. `removed` paths hold defaults, not what the user wrote."""
    issues: list[Issue] = []
    for rule, keys in RULES:
        paths = [tuple(key.split(".")) for key in keys]
        if not any(is_inside(gap, path) or is_inside(path, gap) for gap in removed for path in paths):
            issues += rule(config)
    return issues


def find_warnings(config: Config) -> list[Issue]:
    """Return what is allowed but probably a mistake."""
    return [issue for rule in warnings.RULES for issue in rule(config)]
