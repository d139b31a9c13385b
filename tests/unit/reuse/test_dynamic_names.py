"""Names that make a script read files which its imports do not show."""

from __future__ import annotations

import importlib
import os
import sys

import pytest

from pushtrain.reuse.dynamic_names import (
    FILES,
    IMPORTS,
    PICKLES,
    REASONS,
    STARTS,
    find_reason,
    has_dynamic_names,
    is_safe_loader,
)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("os.system", STARTS),
        ("os.path", ""),
        ("os", ""),
        ("subprocess.run", STARTS),
        ("importlib.util.spec_from_file_location", IMPORTS),
        ("importlib.util.find_spec", ""),
        ("importlib.metadata.version", ""),
        ("importlib.metadata.entry_points", IMPORTS),
        ("joblib.load", PICKLES),
        ("joblib.dump", ""),
    ],
)
def test_the_longest_name_decides(name: str, reason: str) -> None:
    assert find_reason(name) == reason


def test_reasons_follow_the_file_and_its_line() -> None:
    assert set(REASONS.values()) == {
        "imports or runs code by a computed name",
        "starts other programs",
        "reads a file whose classes can be in any module",
        "changes where Python looks for modules",
    }
    assert FILES == "names Python files by a computed path"


def test_modules_with_dynamic_names() -> None:
    assert has_dynamic_names("os")
    assert has_dynamic_names("torch")
    assert not has_dynamic_names("json")
    assert is_safe_loader("json.load")
    assert not is_safe_loader("torch.load")


def test_every_function_of_os_that_starts_a_program_is_known() -> None:

    starting = [name for name in dir(os) if name.startswith(("exec", "spawn", "posix_spawn", "popen", "system"))]
    assert [name for name in starting if find_reason(f"os.{name}") != STARTS] == []


@pytest.mark.parametrize("name", sorted(name for name in REASONS if name.split(".")[0] in {"os", "sys", "importlib"}))
def test_names_of_python_are_spelled_as_python_has_them(name: str) -> None:
    module, _, attribute = name.rpartition(".")
    missing = sys.platform != "win32" and attribute == "startfile"
    assert missing or hasattr(importlib.import_module(module) if module else sys.modules, attribute) or not module
