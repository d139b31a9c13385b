"""Process time of each command that people wait for, over a store that holds two runs and two model versions."""

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
TIMES = 7
GOALS = {"--help": 0.2, f"validate {REPO}": 0.4}
LOOKING = (
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
    """Rows of (what, seconds, note)."""
    with tempfile.TemporaryDirectory() as folder:
        store = f"{folder}/store"
        runs = [json.loads(_run(["run", REPO, "--store", store, "--json"])) for _ in range(2)]
        return [_row(words, runs[-1]["run"], folder, store) for words in LOOKING]


def _row(words: str, run: str, folder: str, store: str) -> tuple[str, str, str]:
    where = ["--store", store] if "--local" in words else []
    seconds = []
    for _ in range(TIMES):
        with tempfile.TemporaryDirectory(dir=folder) as new:
            given = [*words.format(run=run, new=new).split(), *where]
            began = time.perf_counter()
            _run(given)
            seconds.append(time.perf_counter() - began)
    said = words.format(run="RUN", new="…").partition(" -o")[0].replace("…/", "")
    note = f"goal under {GOALS[words]} s" if words in GOALS else ""
    return f"`pushtrain {said}`", f"{statistics.median(seconds):.3f} s", note


def _run(words: list[str]) -> str:
    command = [sys.executable, "-m", "pushtrain", *words]
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"pushtrain {' '.join(words)} failed:\n{done.stderr}")
    return done.stdout
