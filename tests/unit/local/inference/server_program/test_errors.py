"""Where an error of a model's code comes from, in one line."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from pushtrain.local.inference.server_program.containers import Sklearn
from pushtrain.local.inference.server_program.errors import StartError, explain


def run_code(folder: Path, text: str) -> str:
    """Import `inference.py` with this text, and return what is said about its error."""
    (folder / "inference.py").write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("inference", folder / "inference.py")
    assert spec
    assert spec.loader
    with pytest.raises(Exception) as raised:  # noqa: PT011 - any
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
    return explain(raised.value, folder)


def test_an_error_is_named_with_file_and_line(tmp_path: Path) -> None:
    assert (
        run_code(tmp_path, "\ndef f():\n    raise ValueError('나이')\nf()") == "inference.py, line 3: ValueError: 나이"
    )
    assert run_code(tmp_path, "assert 1 == 2") == "inference.py, line 1: AssertionError: no message"
    assert run_code(tmp_path, "import json\njson.loads('')").startswith("inference.py, line 2: JSONDecodeError: ")
    assert run_code(tmp_path, "x =\n") == "inference.py, line 1: SyntaxError: invalid syntax"


def test_a_missing_module_is_compared_with_the_requirements(tmp_path: Path) -> None:
    text = "import os\nimport lightgbm.sklearn"
    message = "inference.py, line 2: No module named 'lightgbm'"
    assert run_code(tmp_path, text) == f"{message}. The model has no code/requirements.txt"
    (tmp_path / "requirements.txt").write_text("lightgbm-extras-2\npandas\n")
    assert run_code(tmp_path, "import lightgbmx") == (
        "inference.py, line 1: No module named 'lightgbmx'. code/requirements.txt does not list it"
    )
    (tmp_path / "requirements.txt").write_text("LightGBM>=4\n")
    assert run_code(tmp_path, text) == f"{message}. code/requirements.txt lists it, but pip installed no such module"


def test_an_error_of_a_default_names_the_default(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="could not convert") as raised:
        Sklearn().input_fn("basic,1", "text/csv")
    assert explain(raised.value, tmp_path).startswith("the image's default input_fn: ValueError: could not convert")
    assert explain(StartError("no model"), tmp_path) == "no model"
    assert explain(KeyError("x"), tmp_path) == "KeyError: 'x'"
