"""Measures the bundle of the Lambda functions: its size, and the time of a cold import of each handler."""

from __future__ import annotations

import statistics
import subprocess
import tempfile
from pathlib import Path

from scripts import bundle, measure_bundle

CONFIG = bundle.ROOT / "model_repos" / "breast-cancer" / "config.yaml"
FIRST_PUSH = """import sys, time
start = time.perf_counter()
sys.path[:0] = sys.argv[3:]
import on_push
from pathlib import Path
from pushtrain.config import load_config
from pushtrain.platform import Platform
from pushtrain.workflow import compile_workflow
text = f"template: {sys.argv[1]}\\n{Path(sys.argv[2]).read_text(encoding='utf-8')}"
compile_workflow(load_config(text.encode()).config, Platform.local())
print(time.perf_counter() - start)"""


def measure() -> list[tuple[str, str, str]]:
    """Return rows of (subject, figure, note). Needs the Lambda's Python and a package registry."""
    python = bundle.find_python(f"python{bundle.PYTHON}")
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "lambda")
        bundle.build_bundle(output, python)
        rows = [
            (
                "unzipped",
                _megabytes(measure_bundle.measure_unzipped_size(output)),
                "goal under 20 MB; Lambda allows 262 MB",
            ),
            ("zipped", _megabytes(measure_bundle.measure_zipped_size(output)), "Lambda allows 50 MB without S3"),
        ]
        note = f"goal under 0.3 s; Python {bundle.PYTHON}, bytecode of the bundle, boto3 not loaded yet"
        for handler in measure_bundle.list_handlers(output) if bundle.can_run_bundle() else []:
            seconds = measure_bundle.measure_import_seconds(output, python, handler)
            rows.append((f"import {handler}", f"{seconds:.3f} s", note))
        rows += _measure_with_sdks(Path(folder, "sdk"), output, python)
    return rows


def _measure_with_sdks(output: Path, default: Path, python: str) -> list[tuple[str, str, str]]:
    """Measure a bundle with AWS's SDKs, and the time of the first push with a template. `default` has no SDKs."""
    bundle.build_bundle(output, python, bundle.find_lock("sdk"))
    rows = [
        ("with SDK=1: unzipped", _megabytes(measure_bundle.measure_unzipped_size(output)), "Lambda allows 262 MB"),
        ("with SDK=1: zipped", _megabytes(measure_bundle.measure_zipped_size(output)), "the CDK uploads it through S3"),
    ]
    if not bundle.can_run_bundle():
        return rows
    note = "fresh process: imports the handler, and compiles breast-cancer"
    for template, folder in (("train", default), ("train", output), ("train-sdk", output)):
        subject = f"first push to {template}{', with SDK=1' if folder == output else ''}"
        rows.append((subject, f"{_measure_first_push(folder, python, template):.2f} s", note))
    return rows


def _measure_first_push(folder: Path, python: str, template: str) -> float:
    """Return the median seconds to import the handler of pushes and to compile the breast-cancer example."""
    command = [python, "-I", "-S", "-B", "-c", FIRST_PUSH, template, str(CONFIG), str(folder)]
    with measure_bundle.link_runtime() as runtime:
        command.append(str(runtime))
        times = [float(subprocess.check_output(command)) for _ in range(measure_bundle.REPETITIONS)]
    return statistics.median(times)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.2f} MB"
