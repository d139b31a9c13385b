"""Every folder of tests/golden/config-errors and config-warnings: a config.yaml and the whole text of its messages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pushtrain.config import load_config
from pushtrain.errors import ConfigError

GOLDEN = Path(__file__).parents[2] / "golden"
CASES = sorted((GOLDEN / "config-errors").iterdir())
WARNING_CASES = sorted((GOLDEN / "config-warnings").iterdir())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_errors(case: Path, golden: Callable[[Path, str], None]) -> None:
    with pytest.raises(ConfigError) as raised:
        load_config((case / "config.yaml").read_bytes())
    golden(case / "errors.txt", f"{raised.value}\n")


@pytest.mark.parametrize("case", WARNING_CASES, ids=lambda case: case.name)
def test_warnings(case: Path, golden: Callable[[Path, str], None]) -> None:
    loaded = load_config((case / "config.yaml").read_bytes(), environment="qa")
    golden(case / "warnings.txt", "".join(f"{warning}\n" for warning in loaded.warnings))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_problem_is_one_short_line_without_the_words_of_libraries(case: Path) -> None:
    text = (case / "errors.txt").read_text("utf-8")
    for line in text.splitlines():
        assert line.startswith("config.yaml")
        assert len(line) < 400
        assert not any(word in line.lower() for word in ("pydantic", "input should", "traceback"))
