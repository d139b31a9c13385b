"""Models answer with the Python of the tests: no environment is installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.embedded.cli.commands.models.served import install_nothing


@pytest.fixture(autouse=True)
def no_installation(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    install_nothing(monkeypatch, tmp_path / "cache")
