"""What `pushtrain run` costs above the three scripts themselves: interleaved pairs, same interpreter, same machine."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

from pushtrain.local.container.environments import python_for
from pushtrain.local.container.sandbox import Sandbox, create_sandbox

REPO = Path(__file__).parents[1] / "model_repos" / "breast-cancer"
PAIRS = 5


def measure() -> list[tuple[str, str, str]]:
    """Rows of (what, seconds, note)."""
    requirements = (REPO / "requirements.txt").read_text()
    python = python_for(requirements, ("sklearn", "1.2-1"), on_line=print)
    run()  # the first run may build the environment and warm the disk's cache
    direct(python)
    pairs = [(direct(python), run()) for _ in range(PAIRS)]
    scripts = statistics.median(pair[0] for pair in pairs)
    whole = statistics.median(pair[1] for pair in pairs)
    over = statistics.median(pair[1] - pair[0] for pair in pairs)
    each = ", ".join(f"{one:.2f}/{two:.2f}" for one, two in pairs)
    return [
        ("three scripts run directly", f"{scripts:.2f} s", f"median of {PAIRS}"),
        ("`pushtrain run`, whole process", f"{whole:.2f} s", f"pairs (direct/run): {each}"),
        ("overhead", f"{over:.2f} s", f"ratio {whole / scripts:.2f}; Metaflow, same scripts: 1.5 s over 4.3 s"),
    ]


def run() -> float:
    """Seconds of one whole `pushtrain run`."""
    with tempfile.TemporaryDirectory() as store:
        command = [sys.executable, "-m", "pushtrain", "run", str(REPO), "--store", store]
        return _timed(command, os.environ.copy())


def direct(python: Path) -> float:
    """Seconds of the three scripts one after another, with /opt/ml in place but nothing else of SageMaker."""
    with tempfile.TemporaryDirectory() as name:
        box = create_sandbox(Path(name))
        processing = box.folder / "ml" / "processing"
        for made in ("train", "test", "evaluation", "model"):
            (processing / made).mkdir(parents=True)
        (box.folder / "ml" / "model").mkdir()
        seconds = _script(box, python, "preprocessing.py")
        seconds += _script(box, python, "train.py")
        with tarfile.open(processing / "model" / "model.tar.gz", "w:gz") as tar:
            tar.add(box.folder / "ml" / "model", arcname=".")
        return seconds + _script(box, python, "evaluation.py")


def _script(box: Sandbox, python: Path, name: str) -> float:
    environment = os.environ | {"SM_MODEL_DIR": "/opt/ml/model", "SM_CHANNEL_TRAIN": "/opt/ml/processing/train"}
    return _timed(box.wrap([str(python), str(REPO / name)], "/"), environment)


def _timed(command: list[str], environment: dict[str, str]) -> float:
    began = time.perf_counter()
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        output = process.stdout.read()
        if process.wait() != 0:
            raise SystemExit(f"{command} failed:\n{output.decode()}")
    return time.perf_counter() - began
