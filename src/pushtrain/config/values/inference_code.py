"""`register.inference.code`: where its files lie in the model's code/, and the variables that make them serve. Pure.

A list puts each entry into code/ by its last name, as `dependencies` of the SageMaker SDK does. One folder, a text,
puts what is in it there, as `source_dir` does. pushes/pushtrain_start.py does the same with the files themselves.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterable, Mapping, Sequence

PROGRAM_VARIABLE = "SAGEMAKER_PROGRAM"
FOLDER_VARIABLE = "SAGEMAKER_SUBMIT_DIRECTORY"
PROGRAM = "inference.py"
FOLDER = "/opt/ml/model/code"
CODE_VARIABLES: Mapping[str, str] = {PROGRAM_VARIABLE: PROGRAM, FOLDER_VARIABLE: FOLDER}
CACHE = "__pycache__"  # Python writes it, so it is not taken along


def format_code(code: Sequence[str] | str) -> str:
    """Return the entries as the start file reads them."""
    return json.dumps(code, ensure_ascii=False)


def select_inference_code(code: Sequence[str] | str, paths: Iterable[str]) -> dict[str, str]:
    """Return the files of the model repo that go into code/, by their path there."""
    entries = {code: ""} if isinstance(code, str) else {entry: posixpath.basename(entry) for entry in code}
    selected = {}
    for path in sorted(paths):
        for entry, target in entries.items():
            if path == entry and target:
                selected[target] = path
            elif path.startswith(f"{entry}/") and CACHE not in path.split("/"):
                selected[posixpath.join(target, path.removeprefix(f"{entry}/"))] = path
    return selected
