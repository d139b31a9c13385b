"""Measures what `pushtrain run` costs above its three scripts, and what Metaflow costs above the same scripts.

Rounds one after the other, on the same computer. Processor time of all processes: other programs change it less than
seconds. Metaflow is no dependency: METAFLOW_PYTHON names the Python of an environment that has it and scikit-learn.

The scripts of breast-cancer differ by seconds of scikit-learn from round to round. So the same is measured with
three scripts of a few lines in their place (`short_scripts`).
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

from pushtrain.local.container.environments import prepare_python
from pushtrain.local.container.requirements import read_requirements
from pushtrain.local.container.sandbox import Sandbox, create_sandbox

REPO = Path(__file__).parents[1] / "model_repos" / "breast-cancer"
SHORT_SCRIPTS = Path(__file__).with_name("short_scripts")
FLOW = Path(__file__).with_name("metaflow_flow.py")
METAFLOW_VARIABLE = "METAFLOW_PYTHON"
ROUNDS = 5


class Cost(Struct, frozen=True, kw_only=True):
    """What a program took: seconds, and seconds of processor time of all of its processes."""

    seconds: float
    processor: float


class Overhead(Struct, frozen=True, kw_only=True):
    """Rounds of the scripts alone and of a program that runs them, with the same Python."""

    name: str
    scripts: Sequence[Cost]
    program: Sequence[Cost]

    @property
    def processor(self) -> float:
        """Return the median of the processor time above the scripts."""
        pairs = zip(self.scripts, self.program, strict=True)
        return statistics.median(program.processor - scripts.processor for scripts, program in pairs)

    @property
    def row(self) -> tuple[str, str, str]:
        """Return the row of the page."""
        pairs = zip(self.scripts, self.program, strict=True)
        rounds = ", ".join(f"{scripts.processor:.2f}/{program.processor:.2f}" for scripts, program in pairs)
        seconds = statistics.median(cost.seconds for cost in self.program)
        note = f"whole process {seconds:.2f} s; processor time (scripts/with {self.name}): {rounds}"
        return f"{self.name} above the three scripts", f"{self.processor:.2f} s of processor time", note


def measure(rounds: int = ROUNDS) -> list[tuple[str, str, str]]:
    """Return rows of (subject, figure, note), with the scripts of breast-cancer and with short ones."""
    with tempfile.TemporaryDirectory() as folder:
        short = Path(shutil.copytree(REPO, Path(folder) / REPO.name))
        shutil.copytree(SHORT_SCRIPTS, short, dirs_exist_ok=True)
        rows = _measure_repo(short, 2 * rounds)
    short_rows = [(f"short scripts: {subject}", figure, note) for subject, figure, note in rows]
    return [*_measure_repo(REPO, rounds), *short_rows]


def _measure_repo(repo: Path, rounds: int) -> list[tuple[str, str, str]]:
    python = prepare_python([read_requirements(repo, "requirements.txt")], ("sklearn", "1.2-1"), on_line=print)
    programs: list[Callable[[], Cost]] = [lambda: measure_scripts(python, repo), lambda: measure_run(repo)]
    metaflow = os.environ.get(METAFLOW_VARIABLE)
    if metaflow:
        programs += [lambda: measure_scripts(Path(metaflow), repo), lambda: measure_flow(Path(metaflow), repo)]
    for program in programs:
        program()  # the first time may build the environment and warm the disk's cache
    costs = list(zip(*([program() for program in programs] for _ in range(rounds)), strict=True))
    overheads = [Overhead(name="`pushtrain run`", scripts=costs[0], program=costs[1])]
    if not metaflow:
        note = f"not measured: {METAFLOW_VARIABLE} names no Python that has Metaflow"
        return [overheads[0].row, ("Metaflow above the three scripts", "", note)]
    overheads.append(Overhead(name="Metaflow", scripts=costs[2], program=costs[3]))
    ratio = overheads[0].processor / overheads[1].processor
    return [
        *(overhead.row for overhead in overheads),
        ("pushtrain to Metaflow", f"{ratio:.2f} times", "processor time above the scripts; goal: at most 1.0"),
    ]


def measure_run(repo: Path) -> Cost:
    """Return the cost of one `pushtrain run`, including the start of the process."""
    with tempfile.TemporaryDirectory() as store:
        command = [sys.executable, "-m", "pushtrain", "run", str(repo), "--store", store]
        return measure_command(command, os.environ.copy())


def measure_scripts(python: Path, repo: Path) -> Cost:
    """Return the cost of the three scripts, one after the other, with /opt/ml but nothing else of SageMaker."""
    with tempfile.TemporaryDirectory() as folder:
        sandbox = _prepare_sandbox(Path(folder))
        costs = [
            _run_script(sandbox, python, repo / "preprocessing.py"),
            _run_script(sandbox, python, repo / "train.py"),
        ]
        with tarfile.open(sandbox.folder / "ml" / "processing" / "model" / "model.tar.gz", "w:gz") as tar:
            tar.add(sandbox.folder / "ml" / "model", arcname=".")
        costs.append(_run_script(sandbox, python, repo / "evaluation.py"))
    return Cost(seconds=sum(cost.seconds for cost in costs), processor=sum(cost.processor for cost in costs))


def measure_flow(python: Path, repo: Path) -> Cost:
    """Return the cost of the three scripts as a Metaflow flow, with its data store in a new folder."""
    with tempfile.TemporaryDirectory() as folder:
        sandbox = _prepare_sandbox(Path(folder))
        settings = {"METAFLOW_USER": "bench", "METAFLOW_DATASTORE_SYSROOT_LOCAL": folder, "BENCHMARK_REPO": str(repo)}
        command = sandbox.wrap([str(python), str(FLOW), "run"], "/")
        return measure_command(command, {**os.environ, **_JOB_VARIABLES, **settings})


_JOB_VARIABLES = {"SM_MODEL_DIR": "/opt/ml/model", "SM_CHANNEL_TRAIN": "/opt/ml/processing/train"}


def _prepare_sandbox(folder: Path) -> Sandbox:
    sandbox = create_sandbox(folder)
    for name in ("processing/train", "processing/test", "processing/evaluation", "processing/model", "model"):
        (sandbox.folder / "ml" / name).mkdir(parents=True)
    return sandbox


def _run_script(sandbox: Sandbox, python: Path, script: Path) -> Cost:
    return measure_command(sandbox.wrap([str(python), str(script)], "/"), {**os.environ, **_JOB_VARIABLES})


def measure_command(command: list[str], environment: dict[str, str]) -> Cost:
    """Return the cost of a command. Raises SystemExit with its output if it fails.

    Python keeps what it compiles, as in an installation.
    """
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with subprocess.Popen(
        command,
        env=environment | {"PYTHONDONTWRITEBYTECODE": ""},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        assert process.stdout is not None
        output = process.stdout.read()
        if process.wait() != 0:
            raise SystemExit(f"{command} failed:\n{output.decode()}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(seconds=time.perf_counter() - start, processor=processor)
