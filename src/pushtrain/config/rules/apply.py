"""All rules that compare several keys of config.yaml, and the functions that apply them. Pure.

In: a Config whose single values are valid, and the paths that were removed because they were not. Out: Issues.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from pushtrain.config.dataflow import build_step_path
from pushtrain.config.issue import Issue, KeyPath, is_inside
from pushtrain.config.model import Config
from pushtrain.config.rules import (
    algorithms,
    champion,
    counts,
    data,
    graph,
    inference_code,
    instances,
    jobs,
    mounts,
    ranges,
    register,
    serving_test,
    sources,
    transform,
    tuning,
    warnings,
)
from pushtrain.config.values.fields import STANDARD_STEPS, STEPS

Rule = Callable[[Config], Iterator[Issue]]
StepRule = Callable[[Config, str], Iterator[Issue]]  # the text is the name of a step

# Each rule with the keys that it reads. A rule is skipped if one of its keys is already wrong.
RULES: tuple[tuple[Rule, tuple[str, ...]], ...] = (
    (data.check_no_repeats, ()),
    (data.check_scripts_are_packed, ("data",)),
    (graph.check_cycles, ()),
    (register.check_gate_has_evaluate, ("register.when", "register.evaluation", "evaluate")),
    (register.check_model_is_trained, ("register.model", "train")),
    (register.check_evaluation_exists, ("register.evaluation",)),
    (register.check_conditions_agree, ("register.when",)),
    (champion.check_champion, ("register.when", "register.model", "register.evaluation", "train", "evaluate", "steps")),
    (champion.check_champion_name, ("register.when", "steps")),
    (register.check_one_serving_image, ("register.inference",)),
    (register.check_serving_registry, ("register.inference.image",)),
    (register.check_serving_environment, ("register.inference.environment",)),
    (register.check_instances_alike, ("register.inference.instances",)),
    (inference_code.check_names, ("register.inference.code",)),
    (inference_code.check_training_adds_code, ("register.inference.code", "register.model", "train")),
    (inference_code.check_folder, ("register.inference.code", "register.inference.environment")),
    (serving_test.check_content_type, ("register.inference.test",)),
    (serving_test.check_evaluation, ("register.inference.test", "register.evaluation", "evaluate", "steps")),
    (serving_test.check_instances, ("register.inference.test", "register.inference.instances")),
    (register.check_serving_image_exists, ("register.inference", "register.model", "train.framework", "train.image")),
)
# The same for rules about one step. These keys are those of the step.
STEP_RULES: tuple[tuple[StepRule, tuple[str, ...]], ...] = (
    (jobs.check_one_image, ("framework", "image")),
    (jobs.check_image_exists, ("framework", "instance")),
    (algorithms.check_algorithm, ("script", "framework", "image", "distribution")),
    (algorithms.check_content_types, ("inputs", "channels")),
    (instances.check_types_without_spot, ("instance", "spot", "keep_alive")),
    (instances.check_types_without_data_parallel, ("instance", "distribution")),
    (instances.check_types_share_image, ("instance", "framework", "image")),
    (instances.check_types_take_volume_key, ("instance",)),
    (jobs.check_spot, ("spot", "max_wait", "max_runtime")),
    (jobs.check_warm_pool, ("spot", "keep_alive")),
    (jobs.check_raw_fields, ("tune",)),
    (tuning.check_objective, ("tune", "metrics")),
    (tuning.check_hyperparameter_count, ("tune", "hyperparameters")),
    (tuning.check_checkpoint, ("tune", "checkpoint")),
    (tuning.check_environment, ("tune", "environment")),
    (tuning.check_hyperband, ("tune", "hyperparameters")),
    (tuning.check_epochs_are_fixed, ("tune",)),
    (sources.check_one_list, ("inputs", "channels")),
    (transform.check_transform_container, ("kind",)),
    (transform.check_strategy, ("strategy", "split")),
    (mounts.check_training_paths, ("inputs", "channels")),
)
# The same for rules that also read data, and the outputs of all steps.
FLOW_RULES: tuple[tuple[StepRule, tuple[str, ...]], ...] = (
    (sources.check_sources, ("inputs", "channels")),
    (counts.check_input_count, ("inputs", "channels")),
    (counts.check_output_count, ("outputs",)),
    (mounts.check_collisions, ("inputs", "channels", "outputs")),
    (graph.check_after, ("after",)),
    (transform.check_transform_inputs, ("inputs",)),
)


def find_rule_issues(config: Config, removed: Collection[KeyPath]) -> list[Issue]:
    """Return the issues between the keys of `config`. `removed` paths hold defaults, not what the user wrote."""
    issues: list[Issue] = []
    for rule, keys in RULES:
        if not (removed and _is_any_removed([tuple(key.split(".")) for key in keys], removed)):
            issues += rule(config)
    step_rules = STEP_RULES if any(map(_changes_flow, removed)) else (*STEP_RULES, *FLOW_RULES)
    for name in config.steps:
        for step_rule, keys in step_rules:
            if not (removed and _is_any_removed([(*build_step_path(name), key) for key in keys], removed)):
                issues += step_rule(config, name)
    return issues


def _is_any_removed(paths: Collection[KeyPath], removed: Collection[KeyPath]) -> bool:
    return any(is_inside(gap, path) or is_inside(path, gap) for gap in removed for path in paths)


def _changes_flow(gap: KeyPath) -> bool:
    """Return True if a removed path can be a source: data, a step, its kind or its outputs."""
    if gap[:1] == ("data",):
        return True
    step_keys = gap[2:] if gap[:1] == (STEPS,) else gap[1:]
    is_of_step = gap[:1] in {(name,) for name in (STEPS, *STANDARD_STEPS)}
    return is_of_step and (not step_keys or step_keys[0] in {"outputs", "kind"})


def find_warnings(config: Config) -> list[Issue]:
    """Return what is allowed but probably a mistake."""
    return [
        issue
        for rule in (
            *warnings.RULES,
            ranges.warn_ranges,
            tuning.warn_new_names,
            tuning.warn_few_trials,
            algorithms.warn_algorithm_data,
        )
        for issue in rule(config)
    ]
