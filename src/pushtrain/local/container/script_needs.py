"""What a training script needs of Python: the requirements.txt files that AWS would install, and what it imports."""

from __future__ import annotations

from pathlib import Path

from pushtrain.local.container.contract import PythonNeeds
from pushtrain.local.container.imports import list_modules
from pushtrain.local.container.requirements import find_requirements, read_requirements


def read_training_needs(code: Path, script: str, program: str = "") -> PythonNeeds:
    """Return what a script in the folder of the unpacked code needs.

    The toolkit installs the requirements.txt at the root, then the start file the one beside `script`. `script` is
    empty if the toolkit runs `program` without the start file.
    """
    paths = dict.fromkeys(find_requirements(code, path) for path in ("", script))
    requirements = tuple(read_requirements(code, path) for path in paths if path)
    return PythonNeeds(requirements=requirements, modules=list_modules(code, script or program))
