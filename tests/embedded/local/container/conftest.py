"""Fixtures for tests that run single jobs."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from moto import mock_aws

from pushtrain.local.container import sandbox
from pushtrain.local.container.requirements import Requirements
from tests.embedded.local.container.bench import STRATEGIES, Bench


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "secret-of-the-user")
    with mock_aws():
        yield Bench(tmp_path / "jobs with space")


@pytest.fixture(params=STRATEGIES)
def strategy(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv(sandbox.VARIABLE, request.param)
    return str(request.param)


@pytest.fixture
def installed_files(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Get the texts of the requirements.txt files of each job, in order. Nothing is installed."""
    texts: list[str] = []

    def prepare_python(requirements: Sequence[Requirements], *_: object, **__: object) -> Path:
        texts.extend(file.text for file in requirements)
        return Path(sys.executable)

    monkeypatch.setattr("pushtrain.local.container.environments.prepare_python", prepare_python)
    return texts
