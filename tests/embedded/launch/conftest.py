"""Embedded AWS without event handlers, and a copy of the model repo `plain`."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pushtrain.local.aws import LocalAws, up
from tests.embedded.launch.plain import PLAIN, PLATFORM


@pytest.fixture
def local_aws(tmp_path: Path) -> Iterator[LocalAws]:
    """Embedded AWS whose bucket wakes nobody: the tests deliver the events themselves."""
    with up(tmp_path / "store", PLATFORM, handlers={}) as running:
        yield running


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PLAIN, tmp_path / "plain"))
