"""The Lambda's code: how large it is, and how long a cold import of each handler takes."""

from __future__ import annotations

import statistics
import subprocess
import tempfile
from pathlib import Path

from scripts import bundle

CONFIG = bundle.ROOT / "model_repos" / "breast-cancer" / "config.yaml"
FIRST_PUSH = """import sys, time
began = time.perf_counter()
sys.path[:0] = sys.argv[3:]
import on_push
from pathlib import Path
from pushtrain.config import load_config
from pushtrain.platform import Platform
from pushtrain.workflow import compile_workflow
text = f"template: {sys.argv[1]}\\n{Path(sys.argv[2]).read_text(encoding='utf-8')}"
compile_workflow(load_config(text.encode()).config, Platform.local())
print(time.perf_counter() - began)"""


def measure() -> list[tuple[str, str, str]]:
    """Rows of (what, figure, note). Needs the Lambda's Python and a package registry."""
    python = bundle.find_python(f"python{bundle.PYTHON}")
    with tempfile.TemporaryDirectory() as folder:
        built = Path(folder, "lambda")
        bundle.build(built, python)
        rows = [
            ("unzipped", f"{bundle.unzipped_size(built) / 1e6:.2f} MB", "goal under 20 MB; Lambda takes 262 MB"),
            ("zipped", f"{bundle.zipped_size(built) / 1e6:.2f} MB", "Lambda takes 50 MB without S3"),
        ]
        note = f"goal under 0.3 s; Python {bundle.PYTHON}, bytecode of the bundle, boto3 not loaded yet"
        measured = bundle.handlers(built) if bundle.runs_here() else []
        rows += [(f"import {name}", f"{bundle.import_seconds(built, python, name):.3f} s", note) for name in measured]
        rows += _with_sdks(Path(folder, "sdk"), built, python)
    return rows


def _with_sdks(built: Path, default: Path, python: str) -> list[tuple[str, str, str]]:
    """The same with AWS's SDKs inside, and what the first push to a template waits for."""
    bundle.build(built, python, bundle.lock("sdk"))
    rows = [
        ("with SDK=1: unzipped", f"{bundle.unzipped_size(built) / 1e6:.2f} MB", "Lambda takes 262 MB"),
        ("with SDK=1: zipped", f"{bundle.zipped_size(built) / 1e6:.2f} MB", "the CDK uploads it through S3"),
    ]
    if not bundle.runs_here():
        return rows
    note = "fresh process: imports the handler, and compiles breast-cancer"
    for template, folder in (("train", default), ("train", built), ("train-sdk", built)):
        what = f"first push to {template}{', with SDK=1' if folder == built else ''}"
        rows.append((what, f"{_first_push(folder, python, template):.2f} s", note))
    return rows


def _first_push(folder: Path, python: str, template: str) -> float:
    command = [python, "-I", "-S", "-B", "-c", FIRST_PUSH, template, str(CONFIG), str(folder)]
    with bundle.runtime() as brought:
        return statistics.median(float(subprocess.check_output([*command, str(brought)])) for _ in range(bundle.TIMES))
