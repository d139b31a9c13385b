"""How long a new user waits: from a clone to a registered model, with empty caches and with full ones."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]


def measure() -> list[tuple[str, str, str]]:
    """Rows of (what, figure, note). Needs a package registry."""
    with tempfile.TemporaryDirectory() as folder:
        rows = [*_clone_to_model(Path(folder), "empty caches"), *_clone_to_model(Path(folder), "full caches")]
        clone = Path(folder, "clone")
        seconds = _make(clone, Path(folder), ".venv/.ready")
        rows.append(("`make test` completes `.venv`, before the first test", f"{seconds:.1f} s", "npm apart"))
        rows.append(
            (
                "`.venv` then",
                f"{_megabytes(clone / '.venv')} MB",
                "before 0.2 `make demo` installed all of it too, by pip: 790 MB, 124 s of processor time",
            )
        )
    return rows


def _clone_to_model(folder: Path, caches: str) -> list[tuple[str, str, str]]:
    clone = folder / "clone"
    subprocess.run(["rm", "-rf", str(clone)], check=True)
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    if caches == "full caches":  # of downloads; the environment for scripts is made again
        subprocess.run(["rm", "-rf", str(folder / "cache/pushtrain/environments")], check=True)
    installing = _make(clone, folder, ".venv/.demo")
    running = _make(clone, folder, "demo")
    return [
        (f"`make demo`, {caches}", f"{installing + running:.1f} s", "goal 90 s"),
        (f"- set-up of `.venv`, {caches}", f"{installing:.1f} s", f"{_megabytes(clone / '.venv')} MB"),
        (
            f"- first run, which makes the environment for scripts, {caches}",
            f"{running:.1f} s",
            "before 0.2: 50 s, 39 of them pip",
        ),
    ]


def _make(clone: Path, folder: Path, target: str) -> float:
    """Seconds of `make target`, by the bare Python: that of this environment has a uv already."""
    dropped = ("MAKEFLAGS", "MAKELEVEL", "PUSHTRAIN_CACHE", "PYTHONDONTWRITEBYTECODE", "UV_CACHE_DIR", "VIRTUAL_ENV")
    environment = {name: text for name, text in os.environ.items() if name not in dropped}
    environment["XDG_CACHE_HOME"] = str(folder / "cache")
    command = ["make", target, f"PYTHON={Path(os.path.realpath(sys.executable))}"]
    start = time.monotonic()
    subprocess.run(command, cwd=clone, env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - start


def _megabytes(folder: Path) -> int:
    return int(subprocess.check_output(["du", "-sm", str(folder)], text=True).split()[0])
