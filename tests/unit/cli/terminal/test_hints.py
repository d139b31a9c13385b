"""How a hint calls this program, and what it adds when Ctrl-C ends the waiting."""

from __future__ import annotations

import shutil
import sys

import pytest

from pushtrain.cli.terminal.hints import find_program, note_on_interrupt


def test_the_program_is_named_or_if_not_on_path_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/opt/tools/pushtrain"])
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    assert find_program() == "pushtrain"
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert find_program() == "/opt/tools/pushtrain"


def test_only_an_interrupt_gets_the_note() -> None:
    with pytest.raises(KeyboardInterrupt) as raised, note_on_interrupt("the run goes on"):
        raise KeyboardInterrupt
    assert raised.value.__notes__ == ["the run goes on"]
    with pytest.raises(ValueError, match="other") as other, note_on_interrupt("the run goes on"):
        raise ValueError("other")
    assert not hasattr(other.value, "__notes__")
