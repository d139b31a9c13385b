"""Fixtures: embedded AWS as a whole (`aws`), and moto with pushtrain's engine (`engine`) or without it (`stock`)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from pushtrain.local.aws import LocalAws, up
from pushtrain.platform import Platform
from tests.embedded.local.engine import Engine, InstalledEngine, processing, result, start_stock_moto, training

PLATFORM = Platform.local()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / ".pushtrain"


@pytest.fixture
def aws(folder: Path) -> Iterator[LocalAws]:
    with up(folder, PLATFORM, handlers={}) as aws:
        yield aws


@pytest.fixture
def stock() -> Iterator[Engine]:
    """moto without changes."""
    with start_stock_moto():
        yield Engine()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[InstalledEngine]:
    """moto with pushtrain's engine."""
    with start_stock_moto():
        engine = InstalledEngine(tmp_path)
        try:
            yield engine
        finally:
            engine.close()


@pytest.fixture
def requests() -> SimpleNamespace:
    """`training(name)` and `processing(name)`: complete requests; `result(status)`: how a job ended."""
    return SimpleNamespace(training=training, processing=processing, result=result)
