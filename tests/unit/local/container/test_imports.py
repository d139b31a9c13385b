"""The modules that a script needs, itself or through files of its code."""

from __future__ import annotations

from pathlib import Path

import pytest

from pushtrain.local.container.imports import list_modules


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize(
    ("script", "modules"),
    [
        ("import boto3, yaml.nodes as n", {"boto3", "yaml"}),
        ("def f():\n    from pyarrow import parquet", {"pyarrow"}),
        ("import pandas as pd\npd.read_parquet('x')", {"pandas", "pyarrow"}),
        ("import importlib\nfor n in ('psutil', 'two words'): importlib.import_module(n)", {"importlib", "psutil"}),
        ("name = 'psutil'", set()),
        ("import (", set()),
        ("from . import beside", set()),
    ],
)
def test_imports_of_a_script(tmp_path: Path, script: str, modules: set[str]) -> None:
    assert list_modules(write(tmp_path, {"src/train.py": script}), "src/train.py") == modules


def test_files_that_the_script_imports_count_and_others_do_not(tmp_path: Path) -> None:
    files = {
        "train.py": "from pkg.net import Net",
        "pkg/__init__.py": "import requests",
        "pkg/net.py": "from . import layers\nfrom .other import x",
        "pkg/layers.py": "import torch",
        "pkg/other.py": "import train",
        "deploy.py": "import sagemaker",
    }
    assert list_modules(write(tmp_path, files), "train.py") == {"pkg", "requests", "torch", "train"}


def test_a_script_that_is_not_there_or_too_long_imports_nothing(tmp_path: Path) -> None:
    assert list_modules(tmp_path, "train.py") == set()
    assert list_modules(write(tmp_path, {"train.py": "import boto3\n" + "#" * 1024 * 1024}), "train.py") == set()
