"""A file that can be read: defaults, the number and order of problems, and the lines of keys."""

from __future__ import annotations

import pytest

from pushtrain.config import load_config
from pushtrain.errors import ConfigError
from tests.unit.config.sample_configs import FULL, SMALL, list_problems, list_warnings, load_train


def test_the_smallest_config_has_a_default_for_everything() -> None:
    train = load_train(SMALL)
    assert (train.script, train.instance, train.instances, train.volume) == ("train.py", "ml.m5.xlarge", 1, 30)
    assert (train.max_runtime, train.max_wait, train.checkpoint) == (86_400, None, None)


def test_a_valid_config_has_no_warnings() -> None:
    assert list_warnings(FULL) == []


def test_every_environment_is_checked_whichever_is_loaded() -> None:
    broken = SMALL + "environments:\n  prod:\n    train: {instance: ml.g5.xlrge}\n"
    for environment in ("", "dev", "prod"):
        with pytest.raises(ConfigError, match=r"config.yaml:5  environments.prod.train.instance: 'ml.g5.xlrge'"):
            load_config(broken.encode(), environment=environment)


def test_a_problem_of_the_base_is_reported_once() -> None:
    text = (
        "model: churn\ntrain: {framework: pytorch 2.666}\nenvironments: {a: {tags: {x: y}}, b: {train: {instances: 2}}}"
    )
    assert len(list_problems(text)) == 1


def test_a_problem_that_an_environment_repeats_is_reported_for_it_too() -> None:
    text = "model: churn\ntrain: {framework: none 1}\nenvironments:\n  a: {train: {framework: none 1}}"
    assert [line.split(":")[1][:1] for line in list_problems(text)] == ["2", "4"]


def test_at_most_a_hundred_problems_are_listed() -> None:
    problems = list_problems(SMALL + "".join(f"key{n}: 1\n" for n in range(300)))
    assert len(problems) == 101
    assert problems[-1].endswith("there are more problems; only the first 100 are listed")


def test_problems_carry_the_name_of_the_file() -> None:
    with pytest.raises(ConfigError, match=r"^model_repos/x/config\.yaml:1 "):
        load_config(b"model: a b\ntrain: {framework: pytorch 2.6}", file="model_repos/x/config.yaml")


def test_lines_of_keys_follow_the_environment() -> None:
    loaded = load_config(FULL.encode(), environment="prod")
    assert loaded.find_line("train.instances") == 15
    assert loaded.find_line("train.framework") == 5
    assert loaded.find_line("register.when[0].metric") == 11
    assert loaded.find_line("train.script") is None


def test_warnings_of_an_environment_point_into_the_environment() -> None:
    (warning,) = list_warnings(FULL.replace(", distribution: mpi", ""), "prod")
    assert warning.startswith("config.yaml:15  environments.prod.train.instances: 2 instances")


@pytest.mark.parametrize("key", ["00", "yes", "!!int '1'", '"a\\0b"'])
def test_a_key_that_cannot_be_read_hides_no_other_problem(key: str) -> None:
    problems = list_problems(f"{key}:\nmodel: a_b\ntrain: {{framework: pytorch 2.6}}\n")
    assert [line.split("  ")[0] for line in problems] == ["config.yaml:1", "config.yaml:2"]
