"""A process is alive until it ends, and another process with its pid is not taken for it."""

from __future__ import annotations

import json
import subprocess
import sys

from pushtrain.local.liveness import describe_this_process, is_alive


def test_a_process_is_alive_until_it_ends() -> None:
    assert is_alive(describe_this_process())
    code = "import json; from pushtrain.local import liveness; print(json.dumps(liveness.describe_this_process()))"
    other = json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
    assert other["started"]
    assert not is_alive(other)


def test_another_process_with_the_same_pid_is_not_the_same() -> None:
    assert not is_alive(describe_this_process() | {"started": "another start"})
