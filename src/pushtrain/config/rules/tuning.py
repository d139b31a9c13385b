"""Rules about `tune:` of a training step. Pure.

Source of the limits: API shape HyperParameterTrainingJobDefinition; SageMaker guide, "Run a multi-fidelity tuning job
with Hyperband" (from which hyperparameters AWS reads how long a trial trains).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pushtrain.catalog.suggest import did_you_mean, find_closest
from pushtrain.config.dataflow import build_step_path
from pushtrain.config.issue import Issue, KeyPath, quote
from pushtrain.config.model import Config, Train, Tune
from pushtrain.config.values.mappings import MAX_HYPERPARAMETERS

OWN_VARIABLES = 3  # those that pushtrain adds to the environment of a training job at most
MAX_ENVIRONMENT = 48 - OWN_VARIABLES  # HyperParameterTrainingJobEnvironmentMap; a training job has 100
EPOCHS = ("epochs", "numepochs", "n-epochs", "n_epochs", "num_epochs")  # hyperparameters that Hyperband reads
HYPERBAND = "hyperband"


def check_objective(config: Config, step: str) -> Iterator[Issue]:
    """The metric that decides is one that the step's log has."""
    train, tune, path = _find_tune(config, step)
    if tune is None or tune.objective in train.metrics:
        return
    key = "maximize" if tune.is_maximized else "minimize"
    advice = did_you_mean(tune.objective, train.metrics) or ". Add it there, with a regex that finds it in the log"
    yield Issue(path=(*path, key), message=f"{quote(tune.objective)} is not among `metrics` of this step{advice}")


def check_hyperparameter_count(config: Config, step: str) -> Iterator[Issue]:
    """All hyperparameters fit into one request, fixed and searched ones together."""
    train, tune, path = _find_tune(config, step)
    if tune and (count := len(train.hyperparameters.keys() | tune.ranges)) > MAX_HYPERPARAMETERS:
        message = f"{count} hyperparameters, fixed and searched, are too many; at most {MAX_HYPERPARAMETERS} fit"
        yield Issue(path=(*path, "ranges"), message=message)


def check_checkpoint(config: Config, step: str) -> Iterator[Issue]:
    """Trials have no checkpoints: all would be in one folder, and a trial would continue another one."""
    train, tune, path = _find_tune(config, step)
    if tune and train.checkpoint:
        message = (
            "all trials of `tune` would share these checkpoints. Remove `checkpoint`: a trial that is interrupted "
            "starts again"
        )
        yield Issue(path=(*path[:-1], "checkpoint"), message=message)


def check_environment(config: Config, step: str) -> Iterator[Issue]:
    """A tuning job takes fewer environment variables than a training job."""
    train, tune, path = _find_tune(config, step)
    if tune and len(train.environment) > MAX_ENVIRONMENT:
        message = (
            f"{len(train.environment)} environment variables are too many for `tune`; at most {MAX_ENVIRONMENT} fit "
            "beside pushtrain's own"
        )
        yield Issue(path=(*path[:-1], "environment"), message=message)


def check_hyperband(config: Config, step: str) -> Iterator[Issue]:
    """Hyperband gives some trials fewer epochs, so it must know the hyperparameter that has their number."""
    train, tune, path = _find_tune(config, step)
    if tune is None or tune.strategy != HYPERBAND or any(name in train.hyperparameters for name in EPOCHS):
        return
    message = f"needs the number of epochs in `hyperparameters`, with one of these names: {', '.join(EPOCHS)}"
    yield Issue(path=(*path, "strategy"), message=message)


def check_epochs_are_fixed(config: Config, step: str) -> Iterator[Issue]:
    """Hyperband itself chooses how long a trial trains."""
    _, tune, path = _find_tune(config, step)
    for name in tune.ranges if tune and tune.strategy == HYPERBAND else ():
        if name in EPOCHS:
            message = (
                "Hyperband chooses this itself. Remove the range, and write the largest number in `hyperparameters`"
            )
            yield Issue(path=(*path, "ranges", name), message=message)


def warn_new_names(config: Config) -> Iterator[Issue]:
    """A range may stand alone, but a name that is almost that of a hyperparameter is a mistake."""
    for step in config.steps:
        train, tune, path = _find_tune(config, step)
        for name in tune.ranges if tune else ():
            closest = find_closest(name, train.hyperparameters)
            if closest and name not in train.hyperparameters:
                message = (
                    f"`hyperparameters` has no {quote(name)}, but {quote(closest)}, which keeps its value in every "
                    "trial. Write the same name if you mean the same"
                )
                yield Issue(path=(*path, "ranges", name), message=message)


def warn_few_trials(config: Config) -> Iterator[Issue]:
    """Trials beyond `trials` never start, so more at once are of no use."""
    for step in config.steps:
        _, tune, path = _find_tune(config, step)
        if tune and tune.parallel > tune.trial_count:
            yield Issue(path=(*path, "parallel"), message=f"there are only {tune.trial_count} trials")


def _find_tune(config: Config, step: str) -> tuple[Any, Tune | None, KeyPath]:
    """Return a step, its search and the path of that. None if the step does not search."""
    settings = config.steps[step]
    tune = settings.tune if isinstance(settings, Train) else None
    return settings, tune, (*build_step_path(step), "tune")
