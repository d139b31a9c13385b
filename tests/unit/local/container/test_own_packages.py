"""The packages of this process: read once, and again when one is installed."""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path

import pytest

from pushtrain.local.container import own_packages
from pushtrain.local.container.own_packages import read_own_packages


def test_all_packages_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    packages = read_own_packages()
    assert packages["moto"] == metadata.version("moto")
    assert json.loads(json.dumps(packages)) == packages  # jobs write them down
    monkeypatch.setattr(own_packages, "metadata", None)
    assert read_own_packages() == packages


def test_a_package_that_is_installed_meanwhile_is_read_and_a_damaged_one_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    before = read_own_packages()
    for name, text in (("new-1.2", "Metadata-Version: 2.1\nName: New\nVersion: 1.2\n"), ("damaged-1", "")):
        (tmp_path / f"{name}.dist-info").mkdir()
        (tmp_path / f"{name}.dist-info" / "METADATA").write_text(text)
    assert read_own_packages() == {**before, "new": "1.2"}
