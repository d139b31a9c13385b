"""Fixtures: embedded AWS in a folder of the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pushtrain.local.aws import LocalAws, up
from pushtrain.platform import Platform

PLATFORM = Platform.local()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / ".pushtrain"


@pytest.fixture
def aws(folder: Path) -> Iterator[LocalAws]:
    with up(folder, PLATFORM, handlers={}) as aws:
        yield aws
