"""Which files an import of a module reads."""

from __future__ import annotations

import pytest

from pushtrain.reuse.module_index import Import, ModuleIndex

INDEX = ModuleIndex(
    ["net.py", "pkg/__init__.py", "pkg/net.py", "pkg/fast.abi3.so", "space/net.py", "lib/tool.py", "notes.txt"], [""]
)


@pytest.mark.parametrize(
    ("imported", "expected"),
    [
        (Import("net"), {"net.py"}),
        (Import("pkg", ("net",)), {"pkg/__init__.py", "pkg/net.py"}),
        (Import("pkg.fast"), {"pkg/__init__.py", "pkg/fast.abi3.so"}),
        (Import("pkg", ("*",)), {"pkg/__init__.py", "pkg/net.py", "pkg/fast.abi3.so"}),
        (Import("pkg.missing.deep"), {"pkg/__init__.py"}),
        (Import("space.net"), {"space/net.py"}),
        (Import("tool"), {"lib/tool.py"}),
        (Import("notes"), set()),
        (Import("numpy"), set()),
        (Import("", ("net",), 1), {"space/net.py"}),
        (Import("pkg", (), 2), {"pkg/__init__.py"}),
        (Import("pkg", (), 3), set()),
    ],
)
def test_files_of_an_import(imported: Import, expected: set[str]) -> None:
    assert INDEX.find_files(imported, "space/net.py") == expected


@pytest.mark.parametrize(
    ("name", "is_own"), [("net", True), ("pkg", True), ("space", False), ("tool", False), ("", False)]
)
def test_own_modules_lie_in_the_roots(name: str, is_own: bool) -> None:
    assert INDEX.has_own_module(name) is is_own


def test_a_module_never_takes_the_place_of_one_that_python_has_loaded() -> None:
    assert not ModuleIndex(["os.py"], [""]).has_own_module("os")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pkg.net.Net", {"pkg/__init__.py", "pkg/net.py"}),
        ("net:Net", {"net.py", "space/net.py", "pkg/__init__.py", "pkg/net.py"}),
        ("net.csv", set()),
        ("pkg.1", set()),
        ("a b", set()),
    ],
)
def test_texts_that_name_a_module(text: str, expected: set[str]) -> None:
    assert INDEX.find_text(text) == expected
