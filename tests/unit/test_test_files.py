"""The tests of a module lie where its source lies.

src/pushtrain/<room>/<module>.py is tested by tests/unit/<room>/test_<module>.py, or, if it needs embedded AWS, by
tests/embedded/<room>/test_<module>.py.
"""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "pushtrain"
TESTS = (ROOT / "tests" / "unit", ROOT / "tests" / "embedded")


def has_functions(file: Path) -> bool:
    return any(isinstance(node, ast.FunctionDef) for node in ast.walk(ast.parse(file.read_text("utf-8"))))


def modules() -> list[Path]:
    """Paths below src/pushtrain; without `__init__.py`, modules of pure data, and the scripts that starters copy."""
    paths = [file.relative_to(SOURCE) for file in sorted(SOURCE.rglob("*.py")) if has_functions(file)]
    return [
        path
        for path in paths
        if path.name not in {"__init__.py", "__main__.py"} and not (path.parts[0] == "starters" and len(path.parts) > 2)
    ]


def test_every_module_has_its_test_file() -> None:
    missing = [
        path.as_posix()
        for path in modules()
        if not any((tests / path.parent / f"test_{path.name}").is_file() for tests in TESTS)
    ]
    assert missing == [], "write tests/unit/<room>/test_<module>.py, or tests/embedded/... if it needs embedded AWS"


def test_pure_tests_import_no_embedded_aws() -> None:
    """What `make unit` runs must stay fast: nothing there starts moto."""
    files = sorted((ROOT / "tests" / "unit").rglob("*.py"))
    imports = ("import moto", "from moto", "from pushtrain.local.aws import up", "mock_aws")
    slow = [
        file.relative_to(ROOT).as_posix()
        for file in files
        if file != Path(__file__)
        for text in imports
        if text in file.read_text("utf-8")
    ]
    assert slow == [], "move the test to tests/embedded"
