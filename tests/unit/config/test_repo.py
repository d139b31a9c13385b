"""config.yaml and the files of its model repo."""

from __future__ import annotations

from pushtrain.config import find_missing_paths, find_repo_warnings, find_reserved_paths, load_config
from tests.unit.config.sample_configs import FULL, SMALL

IN_A_FOLDER = "model: churn\ntrain:\n  framework: pytorch 2.6\n  script: fit/train.py\n"


def test_what_config_names_must_be_in_the_model_repo() -> None:
    loaded = load_config(FULL.encode())
    files = {"train.py", "preprocessing.py", "data/x.csv"}
    assert [str(problem) for problem in find_missing_paths(loaded, files.__contains__)] == [
        "config.yaml:9  evaluate.script: there is no 'evaluation.py' in the model repo",
        "config.yaml:2  data.small: there is no 'data/sample' in the model repo",
    ]


def test_an_image_with_an_algorithm_needs_no_script() -> None:
    loaded = load_config(b"model: m\ntrain: {framework: xgboost 1.7-1}\n")
    (problem,) = find_missing_paths(loaded, lambda path: False)
    assert str(problem) == (
        "config.yaml:2  train.script: there is no 'train.py' in the model repo. If the image trains without one, write "
        "`script: none`"
    )
    assert find_missing_paths(load_config(b"model: m\ntrain: {framework: xgboost 1.7-1, script: none}\n"), bool) == ()
    (problem,) = find_missing_paths(load_config(b"model: m\ntrain: {framework: sklearn 1.2-1}\n"), lambda path: False)
    assert str(problem) == "config.yaml:2  train.script: there is no 'train.py' in the model repo"


def test_isolated_containers_install_nothing() -> None:
    loaded = load_config((SMALL + "network: {isolation: true}\n").encode())
    (warning,) = find_repo_warnings(loaded, lambda path: path == "requirements.txt")
    assert str(warning) == (
        "config.yaml:3  network.isolation: isolated containers cannot install requirements.txt. "
        "Use an image that already has these packages"
    )
    assert find_repo_warnings(loaded, lambda path: False) == ()
    in_a_folder = load_config((IN_A_FOLDER + "network: {isolation: true}\n").encode())
    paths = {"requirements.txt", "fit/requirements.txt"}
    message = "config.yaml:5  network.isolation: isolated containers cannot install {}. Use an image that already has "
    assert [
        str(warning).removesuffix("these packages") for warning in find_repo_warnings(in_a_folder, paths.__contains__)
    ] == [
        message.format("requirements.txt"),
        message.format("fit/requirements.txt"),
    ]


def test_distributed_training_installs_only_the_file_at_the_root() -> None:
    loaded = load_config((IN_A_FOLDER + "  distribution: {torch_distributed: true}\n").encode())
    paths = {"requirements.txt", "fit/requirements.txt"}
    assert [str(warning) for warning in find_repo_warnings(loaded, paths.__contains__)] == [
        "config.yaml:5  train.distribution: with `distribution`, SageMaker installs only requirements.txt at the root. "
        "Move fit/requirements.txt there"
    ]
    assert find_repo_warnings(loaded, {"requirements.txt"}.__contains__) == ()


def test_the_name_of_pushtrains_own_file_is_reserved() -> None:
    assert [str(problem) for problem in find_reserved_paths(lambda path: True)] == [
        "config.yaml  pushtrain adds a file of its own with the name 'pushtrain_start.py' to the code. Rename yours"
    ]
    assert find_reserved_paths(lambda path: False) == ()


def test_requirements_are_fine_without_isolation() -> None:
    assert find_repo_warnings(load_config(SMALL.encode()), lambda path: path != "setup.py") == ()


def test_a_package_is_installed_by_training_jobs_only_and_not_under_torchrun() -> None:
    loaded = load_config((IN_A_FOLDER + "  distribution: {torch_distributed: true}\n").encode())
    warnings = find_repo_warnings(loaded, lambda path: path == "setup.py")
    assert [str(warning) for warning in warnings] == [
        "config.yaml:2  train: because of setup.py, SageMaker runs `pip install .` before fit/train.py, in training "
        "jobs only. Other jobs and this computer do not: name what it requires in requirements.txt too",
        "config.yaml:5  train.distribution: SageMaker's toolkit refuses torch_distributed for a package. Move "
        "setup.py into a folder",
    ]
