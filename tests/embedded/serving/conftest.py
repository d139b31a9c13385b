"""A bus of events for tests of serving."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from pushtrain.local.aws import up
from tests.embedded.serving.approvals import (
    PLATFORM,
    Bus,
)


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bus]:
    bus = Bus()
    module = ModuleType("the_bus_of_this_test")
    module.handler = bus.handler  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    with up(tmp_path / "store", PLATFORM, handlers={"on_approval": "the_bus_of_this_test.handler"}):
        yield bus
