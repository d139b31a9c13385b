"""Read the values of a model in a sandbox of its own. To read a model is to run code of it.

In: model.tar.gz, the environment that trained it, an empty folder. Out: a folder that `pushtrain.reproduction.values`
compares. The code of one model never sees the other one, so it cannot answer what the other one holds.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from threading import Event
from typing import Any

from pushtrain.config.values.fields import NO_SCRIPT
from pushtrain.errors import LocalError
from pushtrain.local.container import archives, environments, process, transfer
from pushtrain.local.container.algorithms import MODULES
from pushtrain.local.container.contract import JobError, PythonNeeds, build_clean_environment
from pushtrain.local.container.jobs import find_framework
from pushtrain.local.container.sandbox import Environment, Sandbox, create_sandbox
from pushtrain.local.container.script_needs import read_training_needs
from pushtrain.local.values.environment import ModelEnvironment

MODEL, CODE, PROGRAM, OUTPUT = (f"/opt/ml/{name}" for name in ("model", "code", "values", "output"))
PACKAGE = "pushtrain_values"
EXTRACTION_PROGRAM = Path(__file__).with_name("extraction_program")
MEMBERS = "members.json"
SECONDS = 600  # that reading the values of one model may take


def extract_values(
    archive: Path,
    environment: ModelEnvironment,
    members: Sequence[str],
    folder: Path,
    *,
    s3: Any,
    on_line: Callable[[str], None],
) -> Path:
    """Write the values of `members` of a model, and return the folder that has them.

    `on_line` gets what is reported while a Python environment is created. Raises LocalError if the environment cannot
    be created, or if the program that reads the values fails.
    """
    sandbox = create_sandbox(folder)
    for path in (CODE, PROGRAM, OUTPUT):
        sandbox.local_path(path).mkdir(parents=True)
    try:
        archives.unpack(archive, sandbox.local_path(MODEL))
        needs = _fetch_code(environment, sandbox, s3)
    except JobError as error:
        raise LocalError(str(error)) from error
    python = _find_python(environment, needs, on_line)
    program = sandbox.local_path(PROGRAM)
    shutil.copytree(EXTRACTION_PROGRAM, program / PACKAGE, ignore=shutil.ignore_patterns("__pycache__"))
    (program / MEMBERS).write_text(json.dumps(list(members)), encoding="utf-8")
    _run(sandbox, python, environment)
    return sandbox.local_path(OUTPUT)


def _fetch_code(environment: ModelEnvironment, sandbox: Sandbox, s3: Any) -> PythonNeeds:
    """Unpack the code that trained the model: its classes may be defined there."""
    if environment.script == NO_SCRIPT:
        return PythonNeeds(modules=MODULES)
    archive = sandbox.folder / "code.tar.gz"
    transfer.download_object(s3, environment.code, archive)
    archives.unpack(archive, sandbox.local_path(CODE))
    return read_training_needs(sandbox.local_path(CODE), environment.script)


def _find_python(environment: ModelEnvironment, needs: PythonNeeds, on_line: Callable[[str], None]) -> Path:
    try:
        return environments.prepare_python(
            needs.requirements,
            find_framework(environment.image),
            modules=needs.modules,
            match_image=environment.matches_image,
            on_line=on_line,
        )
    except LocalError as error:
        reason = str(error).partition("; ")[0]  # what follows is a remedy for runs
        raise LocalError(f"the packages of step {environment.step} cannot be installed here: {reason}") from error


def _run(sandbox: Sandbox, python: Path, environment: ModelEnvironment) -> None:
    """Run the program. Raises LocalError if it takes too long, or ends with an error of its own."""
    scratch, changes = (sandbox.folder / name for name in ("scratch", "changes"))
    for folder in (scratch, changes):
        folder.mkdir()
    shared = environments.find_folder(python)
    argv = (str(python), "-m", PACKAGE, MODEL, f"{PROGRAM}/{MEMBERS}", OUTPUT)
    code = [CODE, f"{CODE}/{PurePosixPath(environment.script).parent}"]
    lines: list[str] = []
    program_exit = process.run(
        sandbox.wrap(argv, PROGRAM, Environment(folder=shared, scratch=changes) if shared else None),
        environment=build_clean_environment(python, scratch, "us-east-1")
        | {"PYTHONPATH": sandbox.rewrite(":".join(code))},
        cwd=sandbox.local_path(PROGRAM),
        stop=Event(),
        on_line=lambda line: lines.append(line) if line else None,
        seconds=SECONDS,
    )
    if program_exit.cause == "overtime":
        raise LocalError(f"to read the values of the model took longer than {SECONDS} s")
    if program_exit.exit_code:
        raise LocalError(
            f"the program that reads the values ended with exit code {program_exit.exit_code}"
            + (f": {lines[-1]}" if lines else "")
        )
