"""Who uses an environment: as long as its process lives, nobody else has it alone."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from pushtrain.local.container.environment_use import hold_unused, mark_used, read_last_use

USER = """
import sys
from pathlib import Path
from pushtrain.local.container.environment_use import mark_used
mark_used(Path(sys.argv[1]))
print("used", flush=True)
sys.stdin.read()
"""


def test_a_process_uses_an_environment_until_it_ends(tmp_path: Path) -> None:
    home = tmp_path / "environments" / "0a"
    command = [sys.executable, "-c", USER, str(home)]
    user = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert user.stdout is not None
    assert user.stdout.readline() == "used\n"
    with hold_unused(home) as is_unused:
        assert not is_unused
    user.communicate("")
    with hold_unused(home) as is_unused:
        assert is_unused


def test_the_last_use_is_noted_each_time(tmp_path: Path) -> None:
    home = tmp_path / "0a"
    home.mkdir()
    os.utime(home, (1.0, 1.0))
    assert read_last_use(home) == 1.0
    mark_used(home)
    os.utime(home.with_suffix(".used"), (2.0, 2.0))
    assert read_last_use(home) == 2.0
    mark_used(home)
    assert abs(read_last_use(home) - time.time()) < 60
