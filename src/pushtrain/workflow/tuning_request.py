"""The request of a tuning job: that of a training job, and what to search. Pure.

In: the complete request that would train once. Out: a CreateHyperParameterTuningJob request, whose trials have every
field of it. `Tags` of a tuning job are also those of its trials.
Source of the fields: API shape CreateHyperParameterTuningJobRequest. [unverified] on AWS: that the optimised task takes
RandomSeed, TuningJobCompletionCriteria, and RetryStrategy and InstancePreferences of trials.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pushtrain.catalog import tuning_job
from pushtrain.catalog.job_kinds import TRAINING, TUNING
from pushtrain.config.values.mappings import format_plain
from pushtrain.platform import Platform
from pushtrain.record import build_path_name
from pushtrain.workflow import names, runtime_values

if TYPE_CHECKING:
    from pushtrain.config import Config, Step, Train, Tune

Request = dict[str, Any]

SEED = 1  # the same search begins with the same values
STRATEGIES = {"bayesian": "Bayesian", "random": "Random", "grid": "Grid", "hyperband": "Hyperband"}
SCALES = {None: "Auto", "linear": "Linear", "log": "Logarithmic", "reverse_log": "ReverseLogarithmic"}


def build_tuning_request(config: Config, platform: Platform, step: Step, training: Mapping[str, Any]) -> Request:
    """Return the request of a step's tuning job. `training` is the request of a training job with its settings."""
    from pushtrain.config import Train  # noqa: PLC0415 - the models of config.yaml are slow to import

    settings = step.settings
    assert isinstance(settings, Train)  # noqa: S101 - only such steps search
    assert settings.tune is not None  # noqa: S101
    fixed = {key: text for key, text in training.get("HyperParameters", {}).items() if key not in settings.tune.ranges}
    left_out = {f"{TRAINING.name_member}.$", "Tags", "HyperParameters"}
    name = runtime_values.build_tuning_name(config, platform, find_letters(config, step.name))
    return {
        f"{TUNING.name_member}.$": name,
        tuning_job.CONFIG: _build_search(settings, settings.tune),
        tuning_job.TRIAL_REQUEST: {
            **({"StaticHyperParameters": fixed} if fixed else {}),
            **{member: value for member, value in training.items() if member not in left_out},
        },
        **(_build_warm_start(step.name) if settings.tune.parents else {}),
        **({"Tags": training["Tags"]} if "Tags" in training else {}),
    }


def _build_warm_start(step: str) -> Request:
    """Return WarmStartConfig. `launch` finds the tuning jobs of the runs that config.yaml names."""
    path = f"{runtime_values.SEARCHES}{build_path_name(step)}"
    members = {f"{tuning_job.PARENTS}.$": f"{path}.jobs", "WarmStartType.$": f"{path}.type"}
    return {tuning_job.WARM_START: members}


def find_letters(config: Config, step: str) -> str:
    """Return the two letters of a step that searches: its position among such steps."""
    tuning = [name for name, settings in config.steps.items() if settings.job_kind is TUNING]
    return names.build_letters(tuning.index(step))


def _build_search(settings: Train, tune: Tune) -> Request:
    goal = {"Type": "Maximize" if tune.is_maximized else "Minimize", "MetricName": tune.objective}
    limits = {tuning_job.MAX_TRIALS: tune.trial_count, tuning_job.MAX_PARALLEL: tune.parallel}
    patience = {"BestObjectiveNotImproving": {tuning_job.MAX_WITHOUT_GAIN: tune.patience}}
    return {
        "Strategy": STRATEGIES[tune.strategy],
        tuning_job.OBJECTIVE: goal,
        "ResourceLimits": limits,
        "ParameterRanges": _build_ranges(settings, tune),
        tuning_job.EARLY_STOPPING: "Off",
        "RandomSeed": SEED,
        **({"TuningJobCompletionCriteria": patience} if tune.patience else {}),
    }


def _build_ranges(settings: Train, tune: Tune) -> Request:
    """Return ParameterRanges. All values are texts; choices of a script are JSON, as its hyperparameters are."""
    from pushtrain.config import Range  # noqa: PLC0415

    ranges: Request = {}
    for name, searched in tune.ranges.items():
        if isinstance(searched, Range):
            kind = "IntegerParameterRanges" if searched.is_whole else "ContinuousParameterRanges"
            bounds = {"MinValue": str(searched.min), "MaxValue": str(searched.max)}
            ranges.setdefault(kind, []).append({"Name": name, **bounds, "ScalingType": SCALES[searched.scale]})
        else:
            texts = [_write_choice(value, is_json=settings.has_script) for value in searched]
            ranges.setdefault("CategoricalParameterRanges", []).append({"Name": name, "Values": texts})
    return ranges


def _write_choice(value: object, *, is_json: bool) -> str:
    return json.dumps(value, ensure_ascii=False) if is_json else format_plain(value)
