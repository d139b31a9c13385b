"""Rules about the folders of inputs and outputs in the container of a job. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pushtrain.catalog.job_kinds import PROCESSING, TRAINING
from pushtrain.config.dataflow import (
    Input,
    build_inputs_path,
    build_step_path,
    find_source,
    find_step,
    list_written_inputs,
)
from pushtrain.config.issue import Issue, KeyPath, quote
from pushtrain.config.model import Config

CODE_FOLDER = f"{PROCESSING.folder}/input/code"


@dataclass(frozen=True, kw_only=True)
class _Folder:
    """A folder in the container of an input, an output or the code. `path` is where the file says so."""

    folder: str
    name: str
    path: KeyPath
    is_output: bool = False

    @property
    def owner(self) -> str:
        """Who uses the folder, for a message: "output 'train'"."""
        return f"{'output' if self.is_output else 'input'} {quote(self.name)}" if self.name else "the code"


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
    used = [_Folder(folder=CODE_FOLDER, name="", path=())] if config.steps[step].kind is PROCESSING else []
    for folder in _list_folders(config, step):
        if message := next(filter(None, (_explain_collision(folder, other) for other in used)), ""):
            yield Issue(path=folder.path, message=message)
        used.append(folder)


def _explain_collision(folder: _Folder, other: _Folder) -> str:
    """Return why two folders cannot be in the same job; empty if they can."""
    if (folder.name, folder.is_output) == (other.name, other.is_output):
        return f"there are two of {folder.owner}. Write a mapping with another name for one: `inputs: {{NAME: SOURCE}}`"
    if folder.folder == other.folder:
        return f"{folder.owner} and {other.owner} are both at {folder.folder}. Give one of them another name or path"
    inner, outer = (folder, other) if _is_below(folder.folder, other.folder) else (other, folder)
    if _is_below(inner.folder, outer.folder) and (outer.is_output or not outer.path):
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
        yield _Folder(folder=entry.path, name=entry.name, path=_find_input_path(config, step, entry))
    settings = config.steps[step]
    written = getattr(settings, "outputs", ())
    for name, folder in settings.output_folders.items():
        path = build_step_path(step)
        if name in written:
            path = (*path, "outputs", name if isinstance(written, dict) else written.index(name))
        yield _Folder(folder=folder, name=name, path=path, is_output=True)


def _find_input_path(config: Config, step: str, entry: Input) -> KeyPath:
    """Return where the file has an input, or the step if the input is a default."""
    for written in reversed(list_written_inputs(config, step)):
        if written.name == entry.name and find_source(config, step, written.source) == entry.source:
            return (*build_inputs_path(config, step), written.key)
    return build_step_path(step)
