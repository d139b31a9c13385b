"""Code without data, and limits for its size."""

from __future__ import annotations

from pushtrain.config import load_config
from pushtrain.model_repo.code import find_size_problem, find_size_warning, is_under, select_code_files

MB = 2**20
CONFIG = load_config(b"model: churn\ndata: {raw: data/raw/}\ntrain: {framework: sklearn 1.2-1}\n").config


def test_code_is_all_but_data_and_manifest() -> None:
    names = ["train.py", "data/raw/a.csv", "data/raw.py", "manifest.json", "config.yaml"]
    assert select_code_files(names, CONFIG) == ["config.yaml", "data/raw.py", "train.py"]


def test_a_name_that_begins_like_a_folder_is_not_in_it() -> None:
    assert is_under("data/raw/a.csv", ["data/raw"])
    assert not is_under("data/rawer/a.csv", ["data/raw"])


def test_code_that_is_too_large_names_the_largest_file() -> None:
    assert find_size_problem({"train.py": 10 * MB, "weights.bin": 290 * MB}) == (
        "the code has 300 MB, most of it in weights.bin (290 MB); 256 MB is the limit. "
        "Name data under `data`, and in .pushtrainignore what is not needed"
    )
    assert find_size_problem({"train.py": 256 * MB}) == ""


def test_large_code_is_a_warning_below_the_limit_only() -> None:
    assert find_size_warning({"weights.bin": 100 * MB}).startswith("the code has 100 MB, most of it in weights.bin")
    assert find_size_warning({"weights.bin": 300 * MB}) == ""
    assert find_size_warning({"train.py": MB}) == ""
