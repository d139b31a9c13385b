"""`completion` prints the script of each shell."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_each_shell_asks_us(shell: str) -> None:
    command = [sys.executable, "-m", "pushtrain", "completion", shell]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert f"_PUSHTRAIN_COMPLETE={shell}_complete" in said
