"""Measures how long three candidates take on this computer, against the best schedule of their scripts on two cores.

Each script needs a fixed amount of processor time, so the best schedule is known: the preparation, then all other
scripts on both cores until the end. Only a quiet computer gives a figure: other programs take part of the cores.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPO = Path(__file__).parents[1] / "tests" / "embedded" / "repos" / "plain"
SECONDS = {"preprocessing.py": 2, "train.py": 10, "evaluation.py": 2}  # of processor time
COUNT = 3
CORES = 2
ROUNDS = 3
CONFIG = """
candidates: {a: {}, b: {}, c: {}}
choose: {minimize: error}
"""


def measure() -> list[tuple[str, str, str]]:
    """Return rows of (subject, figure, note)."""
    best = SECONDS["preprocessing.py"] + COUNT * (SECONDS["train.py"] + SECONDS["evaluation.py"]) / CORES
    with tempfile.TemporaryDirectory() as folder:
        repo = write_repo(Path(folder, "repo"))
        rounds = [measure_run(repo) for _ in range(ROUNDS)]
    seconds = statistics.median(rounds)
    scripts = ", ".join(f"{name} {needed} s" for name, needed in SECONDS.items())
    return [
        (f"`pushtrain run` with {COUNT} candidates", f"{seconds:.1f} s", f"{scripts}; {format_rounds(rounds)}"),
        (f"best schedule of their scripts on {CORES} cores", f"{best:.1f} s", "computed"),
        ("ratio", f"{seconds / best:.2f}", "goal: at most 1.2"),
    ]


def write_repo(folder: Path) -> Path:
    """Write a model repo whose scripts need SECONDS of processor time, and return its folder."""
    shutil.copytree(REPO, folder)
    for name, seconds in SECONDS.items():
        script = folder / name
        burn = f"import time\nwhile time.process_time() < {seconds}:\n    pass\n"
        script.write_text(burn + script.read_text(encoding="utf-8"), encoding="utf-8")
    with (folder / "config.yaml").open("a", encoding="utf-8") as config:
        config.write(CONFIG)
    return folder


def measure_run(repo: Path) -> float:
    """Return the seconds of one `pushtrain run`, whose steps all run."""
    with tempfile.TemporaryDirectory() as store:
        started = time.monotonic()
        command = [sys.executable, "-m", "pushtrain", "run", str(repo), "--store", store]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return time.monotonic() - started


def format_rounds(rounds: list[float]) -> str:
    """Return the seconds of each round."""
    return "rounds: " + ", ".join(f"{seconds:.1f} s" for seconds in rounds)
