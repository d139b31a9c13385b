"""Starters: complete model repos that `pushtrain init` copies as a beginning.

In: a new or empty folder, and the name of a starter. Out: the folder with the starter's files, complete or not at all.
The first line of config.yaml tells editors where its JSON schema is: in a hidden file of the same folder. Hidden files
are neither pushed nor hashed.
"""

from __future__ import annotations

import functools
import json
import re
import shutil
import tempfile
from importlib.resources import as_file, files
from pathlib import Path

from pushtrain.config.schema import build_json_schema
from pushtrain.config.values.fields import check_model_name
from pushtrain.config.yaml.scalars import parse_scalar
from pushtrain.errors import StarterError
from pushtrain.layout import CONFIG

STARTERS = {
    "sklearn": "a random forest that predicts which customers leave (scikit-learn)",
    "xgboost": "boosted trees that predict house prices (XGBoost)",
    "pytorch": "a small network that classifies waves (PyTorch)",
    "huggingface": "a small BERT that classifies reviews (Hugging Face transformers)",
}
SCHEMA = ".pushtrain-schema.json"
EDITOR_LINE = f"# yaml-language-server: $schema={SCHEMA}"
MODE = 0o755  # tempfile creates folders that only the current user may enter


def create_model_repo(folder: Path, starter: str) -> tuple[str, ...]:
    """Copy a starter to a new or empty `folder` and name the model `folder.name`.

    Return the paths of the files, relative to `folder` and sorted. Raises StarterError if the folder's name is not a
    model name, if the folder has content, or if it cannot be created.
    """
    target = folder.absolute()
    model = check_folder_name(target.name)
    _check_absent_or_empty(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{model}-", dir=target.parent) as temporary:
            model_repo = Path(temporary) / model
            _copy(starter, model_repo)
            _write_model_name(model_repo / CONFIG, model)
            (model_repo / SCHEMA).write_text(_format_schema(), encoding="utf-8")
            model_repo.chmod(MODE)
            _move(model_repo, target)
    except OSError as error:
        _check_absent_or_empty(target)  # if another process was faster, say that instead
        raise StarterError(f"{folder}: cannot be created: {error.strerror}") from error
    return tuple(sorted(path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()))


@functools.cache
def _format_schema() -> str:
    return json.dumps(build_json_schema(), ensure_ascii=False) + "\n"


def _move(model_repo: Path, target: Path) -> None:
    """Move the files to `target`. Raises OSError if another process fills it at the same time.

    An existing folder is filled, not replaced: it may be the current folder of a shell.
    """
    if not target.exists():
        model_repo.rename(target)  # the system refuses to replace a folder that has content
        return
    (target / SCHEMA).touch(exist_ok=False)  # if two processes fill the folder, the second one fails here
    for path in model_repo.iterdir():
        path.rename(target / path.name)


def check_folder_name(name: str) -> str:
    """Return `name` if it is a valid model name, such as `churn`. Raises StarterError."""
    try:
        return check_model_name(name)
    except ValueError as error:
        raise StarterError(str(error)) from error


def _check_absent_or_empty(target: Path) -> None:
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise StarterError(f"{target}: a file with this name exists. Choose another name")
    if target.is_dir() and any(target.iterdir()):
        raise StarterError(f"{target}: this folder is not empty. Choose another name, or empty it")


def _copy(starter: str, target: Path) -> None:
    """Copy the starter's files. Installers add `__pycache__` to packages; it is not part of a starter."""
    with as_file(files(__name__) / starter) as source:
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))


def _write_model_name(config: Path, model: str) -> None:
    """Set the line `model:` of a config.yaml, and add the line that editors read."""
    text = config.read_text("utf-8")
    scalar = model if _is_read_as_text(model) else json.dumps(model)
    config_text = re.sub(r"^model: .*$", f"model: {scalar}", text, count=1, flags=re.MULTILINE)
    config.write_text(f"{EDITOR_LINE}\n{config_text}", encoding="utf-8")


def _is_read_as_text(name: str) -> bool:
    """Return whether YAML reads the name without quotes as text. It reads 2026 as a number and `no` as a boolean."""
    try:
        return isinstance(parse_scalar(name), str)
    except ValueError:
        return False
