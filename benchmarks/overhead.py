"""Measures the overhead of `pushtrain run` over its three scripts: alternating pairs, same Python, same computer."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

from pushtrain.local.container.environments import prepare_python
from pushtrain.local.container.requirements import read_requirements
from pushtrain.local.container.sandbox import Sandbox, create_sandbox

REPO = Path(__file__).parents[1] / "model_repos" / "breast-cancer"
PAIRS = 5


def measure() -> list[tuple[str, str, str]]:
    """Return rows of (subject, seconds, note)."""
    python = prepare_python([read_requirements(REPO, "requirements.txt")], ("sklearn", "1.2-1"), on_line=print)
    measure_run()  # the first run may build the environment and warm the disk's cache
    measure_scripts(python)
    pairs = [(measure_scripts(python), measure_run()) for _ in range(PAIRS)]
    scripts = statistics.median(pair[0] for pair in pairs)
    complete = statistics.median(pair[1] for pair in pairs)
    overhead = statistics.median(pair[1] - pair[0] for pair in pairs)
    pair_list = ", ".join(f"{scripts_only:.2f}/{run:.2f}" for scripts_only, run in pairs)
    return [
        ("three scripts run directly", f"{scripts:.2f} s", f"median of {PAIRS}"),
        ("`pushtrain run`, whole process", f"{complete:.2f} s", f"pairs (direct/run): {pair_list}"),
        ("overhead", f"{overhead:.2f} s", f"ratio {complete / scripts:.2f}; Metaflow, same scripts: 1.5 s over 4.3 s"),
    ]


def measure_run() -> float:
    """Return the seconds of one `pushtrain run`, including the start of the process."""
    with tempfile.TemporaryDirectory() as store:
        command = [sys.executable, "-m", "pushtrain", "run", str(REPO), "--store", store]
        return _measure_seconds(command, os.environ.copy())


def measure_scripts(python: Path) -> float:
    """Return the seconds of the three scripts, one after the other, with /opt/ml but nothing else of SageMaker."""
    with tempfile.TemporaryDirectory() as folder:
        sandbox = create_sandbox(Path(folder))
        processing = sandbox.folder / "ml" / "processing"
        for subfolder in ("train", "test", "evaluation", "model"):
            (processing / subfolder).mkdir(parents=True)
        (sandbox.folder / "ml" / "model").mkdir()
        seconds = _run_script(sandbox, python, "preprocessing.py")
        seconds += _run_script(sandbox, python, "train.py")
        with tarfile.open(processing / "model" / "model.tar.gz", "w:gz") as tar:
            tar.add(sandbox.folder / "ml" / "model", arcname=".")
        return seconds + _run_script(sandbox, python, "evaluation.py")


def _run_script(sandbox: Sandbox, python: Path, name: str) -> float:
    environment = os.environ | {"SM_MODEL_DIR": "/opt/ml/model", "SM_CHANNEL_TRAIN": "/opt/ml/processing/train"}
    return _measure_seconds(sandbox.wrap([str(python), str(REPO / name)], "/"), environment)


def _measure_seconds(command: list[str], environment: dict[str, str]) -> float:
    start = time.perf_counter()
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        output = process.stdout.read()
        if process.wait() != 0:
            raise SystemExit(f"{command} failed:\n{output.decode()}")
    return time.perf_counter() - start
