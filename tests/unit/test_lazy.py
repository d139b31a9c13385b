"""Packages import a module when one of its names is first used: every name is there, and looking imports little."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from pushtrain.cli.commands import models, runs
from pushtrain.lazy import build_getattr

PACKAGES = (
    "pushtrain.config",
    "pushtrain.cost",
    "pushtrain.doctor",
    "pushtrain.report",
    "pushtrain.runs",
    "pushtrain.workflow",
)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_name_of_a_package_is_found(package: str) -> None:
    module = importlib.import_module(package)
    names = {name for names in module.NAMES.values() for name in names}
    assert names <= set(module.__all__)
    for name in module.__all__:
        assert getattr(module, name) is not None
    for submodule, defined in module.NAMES.items():
        for name in defined:
            assert getattr(module, name) is getattr(importlib.import_module(f"{package}{submodule}"), name)


@pytest.mark.parametrize("package", PACKAGES)
def test_no_name_is_also_that_of_a_module(package: str) -> None:
    module = importlib.import_module(package)
    files = {file.stem for file in Path(str(module.__file__)).parent.iterdir()}
    assert not files & set(module.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    get = build_getattr("pushtrain.config", {".load": ("load_config",)})
    with pytest.raises(AttributeError, match=r"^module 'pushtrain\.config' has no attribute 'load_confg'$"):
        get("load_confg")


def test_commands_that_only_look_import_neither_the_models_of_the_config_nor_the_engine() -> None:
    groups = {"models": models.WORDS, "runs": runs.WORDS}
    commands = [f"pushtrain.cli.commands.{group}.{word}" for group, words in groups.items() for word in words]
    modules = ", ".join((*commands, "pushtrain.cli.commands.doctor", "pushtrain.access", "pushtrain.local.aws"))
    unwanted = "'pushtrain.config.model', 'pushtrain.report.facts', 'boto3', 'moto'"
    code = f"import sys, {modules}\nprint([name for name in ({unwanted}) if name in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "[]\n"
