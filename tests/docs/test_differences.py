"""docs/differences.md names a test for each row, and each of these tests exists."""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "differences.md"
ROWS = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("|") and "`tests/" in line]


@functools.cache
def list_tests(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_row_has_a_test_that_exists() -> None:
    table_lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    assert len(table_lines) == len(ROWS) + 2  # the heads of the two tables
    missing = [
        f"{path}::{name}"
        for row in ROWS
        for path, name in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", row)
        if name not in list_tests(path)
    ]
    assert missing == []


def test_no_row_stands_for_another() -> None:
    subjects = [row.split("|")[1].strip() for row in ROWS]
    assert len(subjects) == len(set(subjects))
