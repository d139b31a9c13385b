"""One tree: all its issues at once, and none that only follow from others. Candidates are examined as whole files."""

from __future__ import annotations

import pytest

from pushtrain.config import load_config
from pushtrain.config.examine import Examination, examine_tree
from pushtrain.config.issue import KeyPath
from pushtrain.config.yaml.reader import read_document
from pushtrain.errors import ConfigError
from tests.unit.config.sample_configs import list_problems

VALID = "model: churn\ntrain: {framework: pytorch 2.6}\n"

CANDIDATES = """model: churn
defaults: {framework: sklearn 1.2-1}
train: {hyperparameters: {lr: 0.1}}
evaluate: {}
candidates:
  base: {}
  boost: {train: {framework: xgboost 1.7-1, hyperparameters: {depth: 3}}}
choose: {maximize: auc}
"""


def examine(text: str, unreadable: tuple[KeyPath, ...] = ()) -> Examination:
    document = read_document(text.encode())
    return examine_tree(document.tree, document.mark, unreadable)


def test_rules_are_checked_beside_wrong_values_but_not_with_them() -> None:
    text = (
        "model: churn\npreprocess: {framework: sklearn 1.2-1, outputs: [5]}\n"
        "train: {framework: sklearn 1.2-1, instance: ml.x, channels: [a], spot: true, keep_alive: 1h}\n"
    )
    keys = [line.split("  ")[1].split(":")[0] for line in list_problems(text)]
    assert keys == ["preprocess.outputs[0]", "train.instance", "train.keep_alive"]


def test_a_valid_tree_has_a_config_and_no_issues() -> None:
    examination = examine(VALID)
    assert examination.config is not None
    assert examination.issues == ()
    assert [warning.path for warning in examination.warnings] == [("register",), ("train",)]


def test_an_unreadable_value_is_not_reported_again() -> None:
    text = "model: churn\ntrain: {framework: pytorch 2.6, spot: x}\n"
    assert [issue.path for issue in examine(text).issues] == [("train", "spot")]
    assert examine(text, (("train", "spot"),)).issues == ()


def test_a_key_without_a_value_does_not_hide_other_mistakes() -> None:
    examination = examine("model:\ntrain: {framework: pytorch 2.6, retries: 0}\n")
    assert examination.config is None
    assert [(issue.path, issue.message) for issue in examination.issues] == [
        (("model",), "is empty. Give it a value"),
        (("train", "retries"), "expected 1 or more"),
    ]


def test_a_required_key_without_a_value_is_not_also_missing() -> None:
    (issue,) = examine(VALID + "network: {vpc: {subnets: , security_groups: [sg-1]}}\n").issues
    assert (issue.path, issue.message) == (
        ("network", "vpc", "subnets"),
        "is empty. Give it a value or remove it",
    )


def test_the_python_name_of_register_is_not_a_key() -> None:
    (issue,) = examine(VALID + "registration: {}\n").issues
    assert issue.message == "unknown key. Did you mean 'register'?"


def list_candidate_problems(text: str, environment: str = "") -> list[str]:
    with pytest.raises(ConfigError) as raised:
        load_config(text.encode(), environment=environment)
    return [str(problem) for problem in raised.value.problems]


def test_the_order_is_file_environment_candidate() -> None:
    changed = "train: {hyperparameters: {lr: 0.5, depth: 9}}, candidates: {boost: {train: {spot: true}}}"
    more = f"environments: {{dev: {{{changed}}}}}"
    config = load_config((CANDIDATES + more).encode(), environment="dev").config
    base, boost = (candidate.config.train for candidate in config.candidates)
    assert base is not None
    assert boost is not None
    assert (base.hyperparameters, boost.hyperparameters) == ({"lr": 0.5, "depth": 9}, {"lr": 0.5, "depth": 3})
    assert (base.spot, boost.spot) == (False, True)


def test_an_environment_may_leave_a_candidate_out() -> None:
    text = f"{CANDIDATES}environments: {{dev: {{candidates: {{boost: null}}}}}}"
    assert [candidate.name for candidate in load_config(text.encode(), environment="dev").config.candidates] == ["base"]
    assert len(load_config(text.encode()).config.candidates) == 2


def test_a_mistake_has_the_line_of_the_candidate() -> None:
    (problem,) = list_candidate_problems(CANDIDATES.replace("depth: 3}", "depth: 3}, instances: 0"))
    assert problem == "config.yaml:7  candidates.boost.train.instances: expected 1 or more"


def test_a_mistake_of_the_file_is_reported_once() -> None:
    assert len(list_candidate_problems(CANDIDATES.replace("lr: 0.1", "lr: 0.1}, spott: {"))) == 1


def test_a_mistake_that_only_an_environment_makes_is_reported_there() -> None:
    (problem,) = list_candidate_problems(
        f"{CANDIDATES}environments:\n  dev: {{candidates: {{boost: {{train: {{spott: 1}}}}}}}}\n"
    )
    assert problem == (
        "config.yaml:10  environments.dev.candidates.boost.train.spott: unknown key. Did you mean 'spot'?"
    )


def test_a_choice_needs_candidates_and_candidates_need_a_choice() -> None:
    assert list_candidate_problems(CANDIDATES.replace("choose: {maximize: auc}\n", "")) == [
        "config.yaml:1  choose: is required, because there are candidates. Write `choose: {maximize: METRIC}`, or "
        "minimize"
    ]
    without = CANDIDATES.partition("candidates:")[0] + "choose: {maximize: auc}\n"
    assert list_candidate_problems(without) == [
        "config.yaml:5  choose: there are no `candidates:` to choose from. Write them, or remove this key"
    ]


def test_a_line_is_known_for_what_only_the_file_sets() -> None:
    loaded = load_config(CANDIDATES.encode())
    assert loaded.find_line("candidates.boost.train.framework") == 7
    assert loaded.find_line("candidates.boost.train.hyperparameters.lr") == 3
    assert loaded.find_line("candidates.base.evaluate") == 4
