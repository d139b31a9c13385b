"""The packages that AWS's images hold, by the module that a script imports."""

from __future__ import annotations

import pytest

from pushtrain.catalog.data import load
from pushtrain.catalog.image_packages import find_image_packages


@pytest.mark.parametrize("framework", ["sklearn", "xgboost", "pytorch", "tensorflow", "huggingface"])
def test_every_image_holds_what_scripts_import_most(framework: str) -> None:
    modules = ["boto3", "requests", "yaml", "pyarrow", "psutil", "pandas", "numpy"]
    expected = ("boto3", "numpy", "pandas", "psutil", "pyarrow", "pyyaml", "requests")
    assert find_image_packages(framework, modules) == expected


def test_modules_of_no_package_and_unknown_frameworks_bring_nothing() -> None:
    assert find_image_packages("sklearn", ["os", "my_module", "lightgbm"]) == ()
    assert find_image_packages("mxnet", ["boto3"]) == ()


def test_the_list_names_its_date_and_the_files_it_comes_from() -> None:
    document = load("image_packages")
    assert document["as_of"] >= "2026-11-28"
    assert document["sources"].keys() == document["packages"].keys()
    assert all(source.startswith("https://github.com/aws/") for source in document["sources"].values())
