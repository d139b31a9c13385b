"""Starters: model repos that really run, copied to begin with.

In: a folder, a starter's name. Out: the folder, filled. A new folder appears whole or not at all.
Its config.yaml begins with the line by which editors find the schema, which lies beside it in a hidden file: hidden
files are neither pushed nor hashed.
"""

from __future__ import annotations

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
from pushtrain.model_repo.manifest import CONFIG

STARTERS = {
    "sklearn": "a random forest that tells which customers leave (scikit-learn)",
    "xgboost": "boosted trees that foretell house prices (XGBoost)",
    "pytorch": "a small network that tells waves apart (PyTorch)",
    "huggingface": "a small BERT that reads reviews (Hugging Face transformers)",
}
SCHEMA = ".pushtrain-schema.json"
EDITOR_LINE = f"# yaml-language-server: $schema={SCHEMA}"
MODE = 0o755  # tempfile makes its folders for this user alone


def make(folder: Path, starter: str) -> tuple[str, ...]:
    """Fill a new or empty `folder` with a starter, as model `folder.name`; the files, in order of their names.

    Raises StarterError when the name is no model's, or when something is there already.
    """
    target = folder.absolute()
    model = check_name(target.name)
    _check_free(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{model}-", dir=target.parent) as temporary:
            made = Path(temporary) / model
            _copy(starter, made)
            _name(made / CONFIG, model)
            (made / SCHEMA).write_text(json.dumps(build_json_schema(), ensure_ascii=False) + "\n", encoding="utf-8")
            made.chmod(MODE)
            _place(made, target)
    except OSError as error:
        _check_free(target)  # another process was quicker
        raise StarterError(f"{folder}: cannot be made: {error.strerror}") from error
    return tuple(sorted(path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()))


def _place(made: Path, target: Path) -> None:
    """Put the folder there; one that exists stays itself, for a shell may be in it. Raises OSError when it is taken."""
    if not target.exists():
        made.rename(target)  # onto an empty folder at most: the system refuses any other
        return
    (target / SCHEMA).touch(exist_ok=False)  # of two that fill one folder only one gets on
    for entry in made.iterdir():
        entry.rename(target / entry.name)


def check_name(name: str) -> str:
    """The name, if a model can bear it. Raises StarterError."""
    try:
        return check_model_name(name)
    except ValueError as error:
        raise StarterError(str(error)) from error


def _check_free(target: Path) -> None:
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise StarterError(f"{target}: there is a file of this name. Choose another name")
    if target.is_dir() and any(target.iterdir()):
        raise StarterError(f"{target}: there is something in this folder. Choose another name, or empty it")


def _copy(starter: str, target: Path) -> None:
    """Installers compile what lies in a package: __pycache__ is no part of a starter."""
    with as_file(files(__name__) / starter) as source:
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))


def _name(config: Path, model: str) -> None:
    text = config.read_text("utf-8")
    written = model if _is_text(model) else json.dumps(model)
    named = re.sub(r"^model: .*$", f"model: {written}", text, count=1, flags=re.MULTILINE)
    config.write_text(f"{EDITOR_LINE}\n{named}", encoding="utf-8")


def _is_text(name: str) -> bool:
    """Whether YAML reads the bare word as text: 2026 would be a number, `no` something to argue about."""
    try:
        return isinstance(parse_scalar(name), str)
    except ValueError:
        return False
