"""The Lambda's code: how large it is, and how long a cold import of each handler takes."""

from __future__ import annotations

import tempfile
from pathlib import Path

from scripts import bundle


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
    return rows
