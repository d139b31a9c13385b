"""Process time of commands that people wait for."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
TIMES = 7
GOALS = {"--help": 0.2, "validate model_repos/breast-cancer": 0.4, "compile model_repos/breast-cancer": None}


def measure() -> list[tuple[str, str, str]]:
    """Rows of (what, seconds, note)."""
    rows = []
    for words, goal in GOALS.items():
        seconds = [_seconds(words.split()) for _ in range(TIMES)]
        note = f"goal under {goal} s" if goal else ""
        rows.append((f"`pushtrain {words}`", f"{statistics.median(seconds):.3f} s", note))
    return rows


def _seconds(words: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "pushtrain", *words], cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - began
