"""Which platform the options of a command name."""

from __future__ import annotations

from pathlib import Path

import pytest

from pushtrain.cli.options import open_platform
from pushtrain.errors import UsageError
from pushtrain.platform import PLATFORM_VARIABLE, Platform


def test_without_a_platform_the_message_names_local_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PLATFORM_VARIABLE, raising=False)
    with pytest.raises(UsageError, match="no platform is named\\. Give --environment NAME") as raised:
        open_platform(False, Path("store"), "").__enter__()
    assert str(raised.value).endswith(".\nFor this computer add --local")


def test_the_platform_of_the_variable_is_opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(PLATFORM_VARIABLE, Platform.local("dev").to_json())
    with open_platform(False, tmp_path / "store", "dev") as platform:
        assert platform.to_json() == Platform.local("dev").to_json()
    assert not (tmp_path / "store").exists()


def test_an_error_of_the_command_itself_is_not_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PLATFORM_VARIABLE, Platform.local("dev").to_json())
    with pytest.raises(UsageError, match=r"^mine$"), open_platform(False, Path("store"), ""):
        raise UsageError("mine")
