"""Fixtures of the commands that push."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from pushtrain.local.aws import LocalAws, up
from pushtrain.local.triggers import HANDLERS, ON_DECIDE, ON_PUSH
from pushtrain.platform import PLATFORM_VARIABLE, Platform
from pushtrain.runs import follow

PLATFORM = msgspec.structs.replace(Platform.local("dev"), local_option="")  # stands for one on AWS


@pytest.fixture
def local_aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalAws]:
    """Embedded AWS in which a push starts a run, and the platform that deployed commands find."""
    monkeypatch.setenv(PLATFORM_VARIABLE, PLATFORM.to_json())
    monkeypatch.setattr(follow, "FIRST_PAUSE", 0.05)
    with up(tmp_path / "store", PLATFORM, handlers={name: HANDLERS[name] for name in (ON_PUSH, ON_DECIDE)}) as running:
        yield running
