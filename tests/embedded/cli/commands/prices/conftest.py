"""A command line that reads and writes a store of its own, and a price table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Types = Callable[..., tuple[int, str, str]]
TABLE = """
prices:
  - region: us-east-1
    as_of: "2026-03-01"
    source: 우리 계약
    training: {ml.m5.xlarge: 0.25 USD}
    processing: {ml.m5.large: 0.12 USD}
"""


@pytest.fixture
def types(typed: Types, tmp_path: Path) -> Types:
    """Exit code, stdout and stderr of `pushtrain prices <words> --local`."""
    return lambda *words: typed("prices", *words, "--local", "--store", tmp_path / "store")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A file with a price table of two prices."""
    path = tmp_path / "prices.yaml"
    path.write_text(TABLE, "utf-8")
    return path
