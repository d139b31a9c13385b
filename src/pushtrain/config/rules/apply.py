"""Rules that need more than one key of config.yaml at once, as data. Pure.

In: a Config whose values are each sound, and the paths that were left out because they are not.
Out: Findings. Each rule lies beside the keys it reads and is left out where one of them is wrong already.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial

from pushtrain.config.issue import Issue, KeyPath, is_inside
from pushtrain.config.model import Config
from pushtrain.config.rules import data as rules_data
from pushtrain.config.rules import jobs as rules_jobs
from pushtrain.config.rules import register as rules_register
from pushtrain.config.rules import warnings as surprising

Rule = Callable[[Config], Iterator[Issue]]


STEPS = ("preprocess", "train", "evaluate")
RULES: tuple[tuple[Rule, tuple[str, ...]], ...] = (
    *((partial(rules_jobs.one_image, name=name), (f"{name}.framework", f"{name}.image")) for name in STEPS),
    *((partial(rules_jobs.image_exists, name=name), (f"{name}.framework", f"{name}.instance")) for name in STEPS),
    (rules_jobs.spot, ("train.spot", "train.max_wait", "train.max_runtime")),
    (rules_jobs.warm_pool, ("train.spot", "train.keep_alive")),
    (rules_jobs.raw_fields, ()),
    (rules_data.known_channels, ("data", "preprocess.outputs", "train.channels")),
    (rules_data.known_inputs, ("data", "preprocess.outputs", "evaluate.inputs")),
    (rules_data.no_repeats, ()),
    (rules_data.data_fits, ("data",)),
    (rules_data.scripts_are_packed, ("data", "preprocess.script", "train.script", "evaluate.script")),
    (rules_data.inputs_fit, ("data", "preprocess.outputs", "evaluate.inputs")),
    (rules_register.gate_is_fed, ("register.when", "evaluate")),
    (rules_register.conditions_agree, ("register.when",)),
    (rules_register.metadata_fit, ("register.when", "data")),
    (rules_register.one_serving_image, ("register.inference",)),
    (rules_register.alike_instances, ("register.inference.instances",)),
    (rules_register.serving_image_exists, ("register.inference", "train.framework", "train.image")),
)


def find_rule_issues(config: Config, bad: Collection[KeyPath]) -> list[Issue]:
    """What is wrong between the keys of `config`; `bad` paths hold defaults in place of what was written."""
    found: list[Issue] = []
    for rule, reads in RULES:
        paths = [tuple(key.split(".")) for key in reads]
        if not any(is_inside(one, path) or is_inside(path, one) for one in bad for path in paths):
            found += rule(config)
    return found


def find_warnings(config: Config) -> list[Issue]:
    """What is legal but probably not meant."""
    return [issue for rule in surprising.ALL for issue in rule(config)]
