"""`tune:` says with line and remedy what a search cannot do."""

from __future__ import annotations

import pytest

from tests.unit.config.sample_configs import list_problems, list_warnings, load_train

TEXT = """model: m
data: {{raw: data/}}
train:
  framework: sklearn 1.2-1
  metrics: {{auc: 'auc=([0-9.]+);'}}
  hyperparameters: {{rate: 0.1, depth: 3{fixed}}}
  tune: {{maximize: {metric}, ranges: {ranges}, {search}}}
{more}"""
RATE = "{rate: {min: 0.01, max: 0.1}}"


def write(
    *, metric: str = "auc", ranges: str = RATE, search: str = "trials: 4", fixed: str = "", more: str = ""
) -> str:
    return TEXT.format(metric=metric, ranges=ranges, search=search, fixed=fixed, more=more)


@pytest.mark.parametrize(
    "text",
    [
        write(ranges="{rate: {min: 0.01, max: 0.1, scale: log}, depth: {min: 1, max: 9}, kind: [a, b]}"),
        write(ranges="{kind: [a, b], deep: [true, false]}", search="strategy: grid"),
        write(search="trials: 4, strategy: hyperband", fixed=", epochs: 9"),
        write(more="  spot: true\n"),
    ],
)
def test_a_search_is_accepted(text: str) -> None:
    assert load_train(text).tune is not None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            write(metric="aux"),
            "config.yaml:7  train.tune.maximize: 'aux' is not among `metrics` of this step. Did you mean 'auc'?",
        ),
        (
            write(metric="loss"),
            "config.yaml:7  train.tune.maximize: 'loss' is not among `metrics` of this step. Add it there, with a "
            "regex that finds it in the log",
        ),
        (
            write(more="  checkpoint: /opt/ml/checkpoints\n"),
            "config.yaml:8  train.checkpoint: all trials of `tune` would share these checkpoints. Remove `checkpoint`: "
            "a trial that is interrupted starts again",
        ),
        (
            write(more=f"  environment: {{{', '.join(f'V{number}: a' for number in range(47))}}}\n"),
            "config.yaml:8  train.environment: 47 environment variables are too many for `tune`; at most 45 fit beside "
            "pushtrain's own",
        ),
        (
            write(search="trials: 4, strategy: hyperband"),
            "config.yaml:7  train.tune.strategy: needs the number of epochs in `hyperparameters`, with one of these "
            "names: epochs, numepochs, n-epochs, n_epochs, num_epochs",
        ),
        (
            write(search="trials: 4, strategy: hyperband", fixed=", epochs: 9", ranges="{epochs: {min: 1, max: 9}}"),
            "config.yaml:7  train.tune.ranges.epochs: Hyperband chooses this itself. Remove the range, and write the "
            "largest number in `hyperparameters`",
        ),
        (
            write(fixed="".join(f", p{number}: 1" for number in range(88)), ranges="{other: [1, 2]}"),
            "config.yaml:7  train.tune.ranges: 91 hyperparameters, fixed and searched, are too many; at most 90 fit",
        ),
        (
            write(more="  sagemaker: {ExperimentConfig: {ExperimentName: a}}\n"),
            "config.yaml:8  train.sagemaker.ExperimentConfig: trials of `tune` cannot have it: AWS has no such member. "
            "Did you mean 'CheckpointConfig'?",
        ),
        (
            write(search="trials: 4, from: 0a1b2c"),
            "config.yaml:7  train.tune.from: '0a1b2c' is not the id of a run, such as 3f9c1e2a4b5c-0a1b2c: "
            "`pushtrain runs list`",
        ),
        (
            write(search="strategy: grid, from: 3f9c1e2a4b5c-0a1b2c", ranges="{rate: [1, 2]}"),
            "config.yaml:7  train.tune: a grid tries every combination, whatever an earlier search found. "
            "Remove `from`",
        ),
    ],
    ids=[
        "typo",
        "metric",
        "checkpoint",
        "environment",
        "hyperband",
        "epochs",
        "count",
        "raw",
        "warm-start",
        "warm-grid",
    ],
)
def test_what_aws_or_the_design_refuses_is_an_error(text: str, message: str) -> None:
    assert list_problems(text) == [message]


def test_a_range_that_is_almost_a_hyperparameter_is_a_warning() -> None:
    assert (
        "config.yaml:7  train.tune.ranges.rates: `hyperparameters` has no 'rates', but 'rate', which keeps its value "
        "in every trial. Write the same name if you mean the same"
    ) in list_warnings(write(ranges="{rates: {min: 0.01, max: 0.1}}"))
    assert not [text for text in list_warnings(write(ranges="{booster: [a, b]}")) if "ranges" in text]


def test_more_at_once_than_there_are_trials_is_a_warning() -> None:
    warning = "config.yaml:7  train.tune.parallel: there are only 4 trials"
    assert warning in list_warnings(write(search="trials: 4, parallel: 5"))
    assert warning not in list_warnings(write(search="trials: 4, parallel: 4"))
