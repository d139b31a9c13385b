"""Find out whether the process that wrote a record still runs. A pid alone is not enough: the system reuses pids.

In: nothing, or a document from `describe_this_process`. Out: such a document, or True or False.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any


def describe_this_process() -> dict[str, Any]:
    """Return what identifies this process on this computer: {"pid": 123, "started": "..."}."""
    pid = os.getpid()
    return {"pid": pid, "started": _read_own_start(pid)}


def is_alive(process: Mapping[str, Any]) -> bool:
    """Return True if the process that `describe_this_process` described still runs."""
    return bool(process["started"]) and _read_start(process["pid"]) == process["started"]


@cache
def _read_own_start(pid: int) -> str:
    return _read_start(pid)


def _read_start(pid: int) -> str:
    """Return the start time of a process as the system writes it; empty if there is none or it is a zombie."""
    if Path("/proc/self/stat").exists():
        return _read_start_on_linux(pid)
    listing = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return listing.stdout.strip()


def _read_start_on_linux(pid: int) -> str:
    """Return the id of the boot and field 22 of /proc/PID/stat, which counts from that boot (proc(5))."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return "" if fields[0] == "Z" else f"{boot} {fields[19]}"
