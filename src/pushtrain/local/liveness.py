"""Tell whether the process that wrote a record still lives. A number alone is not enough: pids are used again.

In: nothing, or what `describe_this_process` gave in some process. Out: a small document, or yes and no.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any


def describe_this_process() -> dict[str, Any]:
    """What identifies this process on this machine: its pid and when it started."""
    pid = os.getpid()
    return {"pid": pid, "started": _own_start(pid)}


def is_alive(process: Mapping[str, Any]) -> bool:
    """Whether the very process that `describe_this_process` described still runs."""
    return bool(process["started"]) and _start(process["pid"]) == process["started"]


@cache
def _own_start(pid: int) -> str:
    return _start(pid)


def _start(pid: int) -> str:
    """When the process started, in the words of the system; empty when there is none, or a zombie."""
    if Path("/proc/self/stat").exists():
        return _start_on_linux(pid)
    found = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return found.stdout.strip()


def _start_on_linux(pid: int) -> str:
    """Field 22 of /proc/PID/stat counts from boot, so the boot's id belongs to it (proc(5))."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return "" if fields[0] == "Z" else f"{boot} {fields[19]}"
