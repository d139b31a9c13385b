"""Measures what a push that changes only train.py of the five-step example costs above its train and evaluate scripts.

A first run fills the store. Each round changes train.py and runs again: three steps are reused, two run. The same two
scripts then run alone, with the inputs that their jobs had. Processor time of all processes.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import tarfile
import tempfile
from pathlib import Path

from benchmarks.overhead import Cost, measure_command
from pushtrain.local.container.environments import prepare_python
from pushtrain.local.container.requirements import read_requirements
from pushtrain.local.container.sandbox import Sandbox, create_sandbox

REPO = Path(__file__).parents[1] / "model_repos" / "arrival-time"
ROUNDS = 5
CHANNELS = ("train", "zones")
HYPERPARAMETERS = ["--trees", "30", "--depth", "4"]  # of its config.yaml
GOAL = 1.0  # seconds


def measure(rounds: int = ROUNDS) -> list[tuple[str, str, str]]:
    """Return rows of (subject, figure, note)."""
    python = prepare_python([read_requirements(REPO, "requirements.txt")], ("sklearn", "1.2-1"), on_line=print)
    with tempfile.TemporaryDirectory() as folder:
        repo, store = Path(folder) / "arrival-time", Path(folder) / "store"
        shutil.copytree(REPO, repo)
        _measure_run(repo, store)
        pairs = [
            (_measure_change(repo, store, number), _measure_scripts(repo, store, python)) for number in range(rounds)
        ]
    above = statistics.median(run.processor - scripts.processor for run, scripts in pairs)
    note = ", ".join(f"{scripts.processor:.2f}/{run.processor:.2f}" for run, scripts in pairs)
    note = f"goal: at most {GOAL} s; processor time (scripts/with `pushtrain run`): {note}"
    return [("`pushtrain run` above train.py and evaluation.py, after a change of train.py", f"{above:.2f} s", note)]


def _measure_change(repo: Path, store: Path, number: int) -> Cost:
    with (repo / "train.py").open("a") as script:
        script.write(f"# {number}\n")
    return _measure_run(repo, store)


def _measure_run(repo: Path, store: Path) -> Cost:
    command = [sys.executable, "-m", "pushtrain", "run", str(repo), "--store", str(store)]
    return measure_command(command, os.environ.copy())


def _measure_scripts(repo: Path, store: Path, python: Path) -> Cost:
    """Return the cost of train.py and evaluation.py with the inputs of their last jobs."""
    with tempfile.TemporaryDirectory() as folder:
        sandbox = _prepare_sandbox(Path(folder), store)
        costs = [_run_script(sandbox, python, repo / "train.py", HYPERPARAMETERS)]
        model = sandbox.folder / "ml" / "processing" / "model"
        with tarfile.open(model / "model.tar.gz", "w:gz") as tar:
            tar.add(sandbox.folder / "ml" / "model", arcname=".")
        costs.append(_run_script(sandbox, python, repo / "evaluation.py", []))
    return Cost(seconds=sum(cost.seconds for cost in costs), processor=sum(cost.processor for cost in costs))


def _prepare_sandbox(folder: Path, store: Path) -> Sandbox:
    """Return a sandbox with the inputs of both jobs, as the first run wrote them."""
    sandbox = create_sandbox(folder)
    ml = sandbox.folder / "ml"
    for name in ("model", "output", "processing/model", "processing/evaluation"):
        (ml / name).mkdir(parents=True)
    outputs = store / "s3" / "pushtrain-artifacts" / "arrival-time" / "runs"
    (rows,) = outputs.glob("*/split/*")
    (zones,) = outputs.glob("*/zones/*/output/model.tar.gz")
    for source, target in (
        (rows / "train", "input/data/train"),
        (rows / "test", "processing/test"),
        (zones.parent, "input/data/zones"),
        (zones.parent, "processing/zones"),
    ):
        shutil.copytree(source, ml / target)
    return sandbox


def _run_script(sandbox: Sandbox, python: Path, script: Path, arguments: list[str]) -> Cost:
    channels = {f"SM_CHANNEL_{name.upper()}": f"/opt/ml/input/data/{name}" for name in CHANNELS}
    variables = {"SM_MODEL_DIR": "/opt/ml/model", "SM_CHANNELS": json.dumps(CHANNELS), **channels}
    return measure_command(sandbox.wrap([str(python), str(script), *arguments], "/"), {**os.environ, **variables})
