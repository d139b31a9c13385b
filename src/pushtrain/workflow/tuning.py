"""A step that searches hyperparameters: its tuning job, and the best trial as the step's result. Pure.

The Task has no ResultSelector: if no trial succeeded, the result has no BestTrainingJob, and a path that leads nowhere
is a States.Runtime, which nothing catches. A Choice looks first. Afterwards `$.jobs.<step>` is the best trial, a
training job like any other.
"""

from __future__ import annotations

from pushtrain.catalog.job_kinds import BEST_TRIAL, TRAINING, TUNING
from pushtrain.config import Config, Step
from pushtrain.record import build_path_name
from pushtrain.workflow import runtime_values
from pushtrain.workflow.states import (
    NO_REDRIVE,
    Fragment,
    State,
    build_state,
    chain,
    fail,
    format_string,
    guard,
)

NO_TRIAL = "NoSuccessfulTrial"  # the error of a run whose search found no model


def build_search_path(step: str) -> str:
    """Return the path of the result of a step's tuning job: `$.searches.train`."""
    return f"$.searches.{build_path_name(step)}"


def take_best_trial(config: Config, step: Step) -> Fragment:
    """Return the states after a tuning job: its best trial becomes the result of the step, or the run fails by name."""
    path = build_search_path(step.name)
    status, best = f"{path}.{TUNING.status_member}", f"{path}.{BEST_TRIAL}"
    stopped = fail(
        f"{step.name} did not end its search",
        "JobNotCompleted",
        format_string(f"The tuning job of {step.name} ended as {{}}. {NO_REDRIVE}", status),
    )
    missing = fail(
        f"{step.name} found no model",
        NO_TRIAL,
        f"No trial of {step.name} completed and logged the metric {_find_objective(step)}. {NO_REDRIVE}",
    )
    rules: list[tuple[State, Fragment]] = [
        ({"Not": {"Variable": status, "StringEquals": "Completed"}}, stopped),
        ({"Not": {"Variable": f"{best}.{TRAINING.name_member}", "IsPresent": True}}, missing),
    ]
    name = f"{best}.{TRAINING.name_member}"
    job: State = {
        "name.$": name,
        "status.$": f"{best}.{TRAINING.status_member}",
        "arn.$": f"{best}.{TRAINING.arn_member}",
        "prefix.$": runtime_values.build_job_prefix(config, step.name, name),
    }
    taken = {"Type": "Pass", "Parameters": job, "ResultPath": runtime_values.build_result_path(step.name)}
    return chain(guard(f"{step.name} found a model?", rules), build_state(f"{step.name} best trial", taken))


def _find_objective(step: Step) -> str:
    from pushtrain.config import Train  # noqa: PLC0415 - the models of config.yaml are slow to import

    settings = step.settings
    return settings.tune.objective if isinstance(settings, Train) and settings.tune else ""
