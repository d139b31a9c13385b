"""One tree: all its issues at once, and none that only follow from others."""

from __future__ import annotations

from pushtrain.config.examine import Examination, examine_tree
from pushtrain.config.issue import KeyPath
from pushtrain.config.yaml.reader import read_document
from tests.unit.config.sample_configs import list_problems

VALID = "model: churn\ntrain: {framework: pytorch 2.6}\n"


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
