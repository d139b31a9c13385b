"""The size of an environment is measured once."""

from __future__ import annotations

from pathlib import Path

import pytest

from pushtrain.local.container import environment_size
from pushtrain.local.container.environment_size import FILE, measure_folder, read_size, record_size


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "module.py").write_bytes(b"12345")
    (tmp_path / "ready").write_bytes(b"12")
    (tmp_path / "lib64").symlink_to("lib")
    return tmp_path


def test_it_is_recorded_and_not_measured_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record_size(home)
    monkeypatch.setattr(environment_size, "measure_folder", lambda _: -1)
    assert read_size(home) == 7


@pytest.mark.parametrize("text", [None, "", "many"])
def test_without_a_record_it_is_measured(home: Path, text: str | None) -> None:
    if text is not None:
        (home / FILE).write_text(text, encoding="ascii")
    assert read_size(home) == measure_folder(home) == 7 + len(text or "")
