"""Which stand-ins a script gets, and where they are put."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

from pushtrain.local.container.stand_in_packages import add_stand_ins, list_stand_ins


def names(*modules: str, requirements: tuple[str, ...] = ()) -> list[str]:
    return [stand_in.split()[0] for stand_in in list_stand_ins(modules, requirements)]


def test_only_what_is_imported_has_a_stand_in() -> None:
    assert names("boto3", "os") == []
    assert names("sagemaker_training") == ["sagemaker_training"]
    assert names("sagemaker_containers") == ["sagemaker_containers", "sagemaker_training"]


def test_an_original_in_requirements_has_none() -> None:
    assert names("sagemaker_training", requirements=("sagemaker-training",)) == []


def test_a_stand_in_is_found_after_the_packages_of_the_environment(tmp_path: Path) -> None:
    venv.create(tmp_path / "home", with_pip=False)
    add_stand_ins(list_stand_ins(["sagemaker_containers", "sagemaker_training"], ()), tmp_path / "home")
    python = str(tmp_path / "home" / "bin" / "python")
    code = "import sys, sagemaker_containers as c, sagemaker_training as t; print(c.__file__, sys.path[-1])"
    output = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert output == [
        str(tmp_path / "home/stand-ins/sagemaker_containers/__init__.py"),
        str(tmp_path / "home/stand-ins"),
    ]
    site = next((tmp_path / "home").glob("lib/python*/site-packages"))
    (site / "sagemaker_training.py").write_text("original = True")
    assert subprocess.run([python, "-c", "import sagemaker_training as t; t.original"], check=True).returncode == 0
    assert sys.path[-1] != str(tmp_path / "home/stand-ins")
