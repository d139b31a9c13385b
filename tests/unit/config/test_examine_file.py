"""Candidates are examined as whole files, in the file itself and in each environment."""

from __future__ import annotations

import pytest

from pushtrain.config import load_config
from pushtrain.errors import ConfigError

FILE = """model: churn
defaults: {framework: sklearn 1.2-1}
train: {hyperparameters: {lr: 0.1}}
evaluate: {}
candidates:
  base: {}
  boost: {train: {framework: xgboost 1.7-1, hyperparameters: {depth: 3}}}
choose: {maximize: auc}
"""


def list_problems(text: str, environment: str = "") -> list[str]:
    with pytest.raises(ConfigError) as raised:
        load_config(text.encode(), environment=environment)
    return [str(problem) for problem in raised.value.problems]


def test_the_order_is_file_environment_candidate() -> None:
    changed = "train: {hyperparameters: {lr: 0.5, depth: 9}}, candidates: {boost: {train: {spot: true}}}"
    more = f"environments: {{dev: {{{changed}}}}}"
    config = load_config((FILE + more).encode(), environment="dev").config
    base, boost = (candidate.config.train for candidate in config.candidates)
    assert base is not None
    assert boost is not None
    assert (base.hyperparameters, boost.hyperparameters) == ({"lr": 0.5, "depth": 9}, {"lr": 0.5, "depth": 3})
    assert (base.spot, boost.spot) == (False, True)


def test_an_environment_may_leave_a_candidate_out() -> None:
    text = f"{FILE}environments: {{dev: {{candidates: {{boost: null}}}}}}"
    assert [candidate.name for candidate in load_config(text.encode(), environment="dev").config.candidates] == ["base"]
    assert len(load_config(text.encode()).config.candidates) == 2


def test_a_mistake_has_the_line_of_the_candidate() -> None:
    (problem,) = list_problems(FILE.replace("depth: 3}", "depth: 3}, instances: 0"))
    assert problem == "config.yaml:7  candidates.boost.train.instances: expected 1 or more"


def test_a_mistake_of_the_file_is_reported_once() -> None:
    assert len(list_problems(FILE.replace("lr: 0.1", "lr: 0.1}, spott: {"))) == 1


def test_a_mistake_that_only_an_environment_makes_is_reported_there() -> None:
    (problem,) = list_problems(f"{FILE}environments:\n  dev: {{candidates: {{boost: {{train: {{spott: 1}}}}}}}}\n")
    assert problem == (
        "config.yaml:10  environments.dev.candidates.boost.train.spott: unknown key. Did you mean 'spot'?"
    )


def test_a_choice_needs_candidates_and_candidates_need_a_choice() -> None:
    assert list_problems(FILE.replace("choose: {maximize: auc}\n", "")) == [
        "config.yaml:1  choose: is required, because there are candidates. Write `choose: {maximize: METRIC}`, or "
        "minimize"
    ]
    without = FILE.partition("candidates:")[0] + "choose: {maximize: auc}\n"
    assert list_problems(without) == [
        "config.yaml:5  choose: there are no `candidates:` to choose from. Write them, or remove this key"
    ]


def test_a_line_is_known_for_what_only_the_file_sets() -> None:
    loaded = load_config(FILE.encode())
    assert loaded.find_line("candidates.boost.train.framework") == 7
    assert loaded.find_line("candidates.boost.train.hyperparameters.lr") == 3
    assert loaded.find_line("candidates.base.evaluate") == 4
