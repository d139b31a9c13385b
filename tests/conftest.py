"""What all tests share: a command line that is typed, and golden files with the flag that rewrites them."""

from __future__ import annotations

import collections
from collections.abc import Callable
from pathlib import Path

import pytest

from pushtrain.cli import program, run_command

Typed = Callable[..., tuple[int, str, str]]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With several workers, start the files with the most slow tests first, so that all workers end together."""
    if hasattr(config, "workerinput"):
        slow = collections.Counter(item.path for item in items if item.get_closest_marker("slow"))
        items.sort(key=lambda item: -slow[item.path])


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite golden files instead of comparing")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """`golden(path, text)` fails where the file holds other text; with --update-golden it writes the file."""

    def compare(path: Path, text: str) -> None:
        if request.config.getoption("--update-golden"):
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"{path} is missing: run with --update-golden, then look at what it wrote"
        assert text == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str]) -> Typed:
    """`typed("models", "list", path)`: exit code, stdout and stderr of that command line."""

    def typed(*words: object) -> tuple[int, str, str]:
        code = run_command(lambda: program.main([str(word) for word in words], standalone_mode=False))
        said = capsys.readouterr()
        return code, said.out, said.err

    return typed
