"""A bus of events for tests of serving."""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from pushtrain.local.aws import up
from pushtrain.local.sagemaker import model_registry
from tests.embedded.serving.approvals import (
    PLATFORM,
    Bus,
)


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bus]:
    """What EventBridge would send. No two decisions are made in the same millisecond, as no two people make them."""
    ticks = itertools.count(time.time(), 0.002)
    monkeypatch.setattr(model_registry, "time", SimpleNamespace(time=lambda: next(ticks)))
    bus = Bus()
    module = ModuleType("the_bus_of_this_test")
    module.handler = bus.handler  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    with up(tmp_path / "store", PLATFORM, handlers={"on_approval": "the_bus_of_this_test.handler"}):
        yield bus
