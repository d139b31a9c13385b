"""Rules about the folders of inputs and outputs in the container of a job. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from pushtrain.catalog.job_kinds import PROCESSING, TRAINING, TRANSFORM
from pushtrain.config.dataflow import (
    Source,
    build_inputs_path,
    build_step_path,
    find_source,
    find_step,
    list_written_inputs,
)
from pushtrain.config.issue import Issue, KeyPath, quote
from pushtrain.config.model import Config

CODE_FOLDER = f"{PROCESSING.folder}/input/code"


class _Folder(Struct, frozen=True, kw_only=True):
    """A folder in the container of an input, of an output (`source` is None), or of the code (`name` is empty)."""

    folder: str
    name: str = ""
    source: Source | None = None

    @property
    def owner(self) -> str:
        """What has the folder, for a message: "output 'train'"."""
        return f"{'input' if self.source else 'output'} {quote(self.name)}" if self.name else "the code"


def check_training_paths(config: Config, step: str) -> Iterator[Issue]:
    """No input of a training job has a path: SageMaker puts each channel into a folder of its name."""
    if config.steps[step].kind is not TRAINING:
        return
    for entry in list_written_inputs(config, step):
        if entry.path is not None:
            message = f"a training job finds this input at {TRAINING.folder}/{entry.name}. Remove the path"
            yield Issue(path=(*build_inputs_path(config, step), entry.key, "path"), message=message)


def check_collisions(config: Config, step: str) -> Iterator[Issue]:
    """No two inputs and outputs of a job share a name or a folder, and no output contains an input."""
    if config.steps[step].kind is TRANSFORM:  # it has no folders
        return
    used = [_Folder(folder=CODE_FOLDER)] if config.steps[step].kind is PROCESSING else []
    for folder in _list_folders(config, step):
        if message := next(filter(None, (_explain_collision(folder, other) for other in used)), ""):
            yield Issue(path=_find_path(config, step, folder), message=message)
        used.append(folder)


def _explain_collision(folder: _Folder, other: _Folder) -> str:
    """Return why two folders cannot be in the same job; empty if they can."""
    if folder.name == other.name and bool(folder.source) == bool(other.source):
        return f"there are two of {folder.owner}. Write a mapping with another name for one: `inputs: {{NAME: SOURCE}}`"
    if folder.folder == other.folder:
        return f"{folder.owner} and {other.owner} are both at {folder.folder}. Give one of them another name or path"
    inner, outer = (folder, other) if _is_below(folder.folder, other.folder) else (other, folder)
    if _is_below(inner.folder, outer.folder) and not outer.source:
        return (
            f"{inner.owner} is at {inner.folder}, inside {outer.owner} ({outer.folder}). "
            "Give one of them another name or path"
        )
    return ""


def _is_below(folder: str, outer: str) -> bool:
    return folder.startswith(f"{outer}/")


def _list_folders(config: Config, step: str) -> Iterator[_Folder]:
    """Yield the folders of a step: inputs, then outputs. An entry that is given twice is one."""
    for entry in dict.fromkeys(find_step(config, step).inputs):
        yield _Folder(folder=entry.path, name=entry.name, source=entry.source)
    for name, folder in config.steps[step].output_folders.items():
        yield _Folder(folder=folder, name=name)


def _find_path(config: Config, step: str, folder: _Folder) -> KeyPath:
    """Return where the file has an input or output, or the step if it is a default."""
    if folder.source:
        for written in reversed(list_written_inputs(config, step)):
            if written.name == folder.name and find_source(config, step, written.source) == folder.source:
                return (*build_inputs_path(config, step), written.key)
    outputs = getattr(config.steps[step], "outputs", ())
    if not folder.source and folder.name in outputs:
        key = folder.name if isinstance(outputs, dict) else outputs.index(folder.name)
        return (*build_step_path(step), "outputs", key)
    return build_step_path(step)
