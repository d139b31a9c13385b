"""config.yaml and the files of its model repo."""

from __future__ import annotations

from pushtrain.config import find_missing_paths, find_repo_warnings, load_config
from tests.unit.config.sample_configs import FULL, SMALL


def test_what_config_names_must_be_in_the_model_repo() -> None:
    loaded = load_config(FULL.encode())
    files = {"train.py", "preprocessing.py", "data/x.csv"}
    assert [str(problem) for problem in find_missing_paths(loaded, files.__contains__)] == [
        "config.yaml:9  evaluate.script: there is no 'evaluation.py' in the model repo",
        "config.yaml:2  data.small: there is no 'data/sample' in the model repo",
    ]


def test_isolated_containers_install_nothing() -> None:
    loaded = load_config((SMALL + "network: {isolation: true}\n").encode())
    (warning,) = find_repo_warnings(loaded, lambda path: path == "requirements.txt")
    assert str(warning) == (
        "config.yaml:3  network.isolation: isolated containers cannot install requirements.txt. "
        "Use an image that already has these packages"
    )
    assert find_repo_warnings(loaded, lambda path: False) == ()


def test_requirements_are_fine_without_isolation() -> None:
    assert find_repo_warnings(load_config(SMALL.encode()), lambda path: True) == ()
