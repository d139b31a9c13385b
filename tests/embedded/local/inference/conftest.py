"""Servers start with the Python of the tests, which has numpy."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pushtrain.local.container import sandbox
from tests.embedded.local.container.bench import STRATEGIES


@pytest.fixture(autouse=True)
def installed(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> list[tuple[list[str], object, set[str]]]:
    """Texts of the requirements, framework and modules of each environment. Nothing is installed."""
    monkeypatch.setenv("PUSHTRAIN_CACHE", str(tmp_path_factory.mktemp("cache")))
    environments: list[tuple[list[str], object, set[str]]] = []

    def prepare_python(requirements: object, framework: object, *, modules: set[str], **_: object) -> Path:
        environments.append(([file.text for file in requirements], framework, set(modules)))  # type: ignore[attr-defined]
        return Path(sys.executable)

    monkeypatch.setattr("pushtrain.local.container.environments.prepare_python", prepare_python)
    monkeypatch.setattr("pushtrain.local.container.environments.find_folder", lambda _: None)
    return environments


@pytest.fixture(params=STRATEGIES)
def strategy(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv(sandbox.VARIABLE, request.param)
    return str(request.param)
