"""The verdict, reached once for all tests of this folder; its figures are printed at the end of the run."""

from __future__ import annotations

import logging
import warnings
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.judge.verdict import Verdict

FIGURES = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[FIGURES] = []


@pytest.fixture(scope="session")
def figures(request: pytest.FixtureRequest) -> list[str]:
    """Lines that `make judge` prints."""
    return request.config.stash[FIGURES]


@pytest.fixture(scope="session")
def verdict(figures: list[str]) -> Verdict:
    """All cases compared. The SDK's import and its remarks are its own affair."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from tests.judge.verdict import judge

        logging.disable(logging.CRITICAL)
        try:
            reached = judge()
        finally:
            logging.disable(logging.NOTSET)
    figures.append(str(reached))
    return reached


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for line in config.stash.get(FIGURES, []):
        terminalreporter.write_line(f"judge: {line}")
