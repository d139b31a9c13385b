"""Measures the process time of the commands, with a store that contains two runs and two model versions."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
REPO = "model_repos/breast-cancer"
REPETITIONS = 7
GOALS = {"--help": 0.2, f"validate {REPO}": 0.4}
COMMANDS = (
    "--help",
    f"validate {REPO}",
    f"compile {REPO}",
    f"graph {REPO} --format svg -o {{new}}/graph.svg",
    "init {new}/churn --starter sklearn",
    f"plan {REPO} --local",
    "prices list --local",
    "runs list --local",
    "runs show {run} --local",
    "runs watch {run} --local",
    "runs logs {run} --local",
    "models list --local",
    "models show breast-cancer 2 --local",
    "models compare breast-cancer 1 2 --local",
    "models report breast-cancer 2 --local -o {new}/report.html",
    "models index --local -o {new}/site",
    "models approve breast-cancer 2 --local",
    "models fetch breast-cancer --local -o {new}/model.tar.gz",
    "models reject breast-cancer 2 --local",
    "doctor --local",
)


def measure() -> list[tuple[str, str, str]]:
    """Return rows of (command, seconds, note)."""
    with tempfile.TemporaryDirectory() as folder:
        store = f"{folder}/store"
        runs = [json.loads(_run(["run", REPO, "--store", store, "--json"])) for _ in range(2)]
        return [_measure_command(command, runs[-1]["run"], folder, store) for command in COMMANDS]


def _measure_command(command: str, run: str, folder: str, store: str) -> tuple[str, str, str]:
    options = ["--store", store] if "--local" in command else []
    seconds = []
    for _ in range(REPETITIONS):
        with tempfile.TemporaryDirectory(dir=folder) as new:
            arguments = [*command.format(run=run, new=new).split(), *options]
            start = time.perf_counter()
            _run(arguments)
            seconds.append(time.perf_counter() - start)
    text = command.format(run="RUN", new="…").partition(" -o")[0].replace("…/", "")
    note = f"goal under {GOALS[command]} s" if command in GOALS else ""
    return f"`pushtrain {text}`", f"{statistics.median(seconds):.3f} s", note


def _run(arguments: list[str]) -> str:
    command = [sys.executable, "-m", "pushtrain", *arguments]
    process = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    if process.returncode:
        raise SystemExit(f"pushtrain {' '.join(arguments)} failed:\n{process.stderr}")
    return process.stdout
