"""Compare the folders that scripts name with the inputs and outputs of their steps. Pure; no script is run.

In: a LoadedConfig and the sources of its scripts. Out: warnings, at the line of config.yaml to change, with the line of
the script. Only texts in the script itself count: paths in /opt/ml, and `os.environ["SM_CHANNEL_NAME"]`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from msgspec import Struct

from pushtrain.catalog.job_kinds import PROCESSING, TRAINING
from pushtrain.catalog.suggest import find_closest
from pushtrain.config.candidates import CANDIDATES, list_variants
from pushtrain.config.dataflow import Input, Step, build_inputs_path, build_step_path, list_words, map_steps
from pushtrain.config.issue import KeyPath, format_key_path, quote
from pushtrain.config.load import LoadedConfig
from pushtrain.config.model import Config
from pushtrain.config.rules.mounts import CODE_FOLDER
from pushtrain.config.scripts import parse_script
from pushtrain.errors import Problem

CHANNEL = "SM_CHANNEL_"
INPUT_FOLDER = f"{PROCESSING.folder}/input"
_MAX_LISTED = 4


class _Name(Struct, frozen=True, kw_only=True):
    """A path or a variable in a script, and its line. `is_start`: the path goes on with a value of the script."""

    text: str
    line: int
    is_start: bool = False


def warn_about_folders(
    loaded: LoadedConfig, sources: Mapping[str, bytes], *, file: str = "config.yaml"
) -> tuple[Problem, ...]:
    """Return a warning for each folder and channel that a script names and its step does not have.

    `sources` maps paths of Python files in the model repo to their content. Files that are not Python are left out.
    """
    problems: dict[str, Problem] = {}
    for variant in list_variants(loaded.config):
        steps = map_steps(variant.config).values()
        scripts = {step.name: parse_script(sources.get(step.settings.script, b"")) for step in steps}
        for step in steps:
            section = (CANDIDATES, variant.name) if step.name in variant.own_steps else ()
            for path, name, message in _find_mistakes(variant.config, step, scripts):
                key = format_key_path((*section, *path))
                text = f"{step.settings.script}:{name.line} {message}"
                line = loaded.find_line(key) or loaded.find_line(
                    format_key_path((*section, *build_step_path(step.name)))
                )
                problems.setdefault(
                    f"{variant.name_step(step.name)} {message}", Problem(message=text, key=key, line=line, file=file)
                )
    return tuple(problems.values())


def _find_mistakes(
    config: Config, step: Step, scripts: Mapping[str, ast.Module]
) -> Iterator[tuple[KeyPath, _Name, str]]:
    """Yield the keys of config.yaml, what the script names, and what is wrong with it."""
    tree = scripts[step.name]
    if step.settings.kind is TRAINING:
        channels = {f"{CHANNEL}{entry.name.upper()}" for entry in step.inputs}
        for name in _list_channels(tree):
            if name.text not in channels:
                message = _explain_channel(config, step, name.text.removeprefix(CHANNEL).lower(), scripts)
                yield build_inputs_path(config, step.name), name, message
    if step.settings.kind is PROCESSING:
        folders = [CODE_FOLDER, *_list_mounts(step)]
        for name in _list_paths(tree):
            if not any(_is_related(name, folder) for folder in folders):
                yield _explain_folder(config, step, name)


def _list_channels(tree: ast.Module) -> Iterator[_Name]:
    """Yield the channels that a script cannot do without: `os.environ["SM_CHANNEL_TRAIN"]`, but not `.get(...)`."""
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(
                value=ast.Attribute(attr="environ") | ast.Name(id="environ"), slice=ast.Constant(value=str(text))
            ):
                if text.startswith(CHANNEL):
                    yield _Name(text=text, line=node.lineno)


def _list_paths(tree: ast.Module) -> Iterator[_Name]:
    """Yield the paths below /opt/ml/processing in a script, documentation excluded."""
    skipped = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.JoinedStr(values=[ast.Constant(value=str(text)) as first, *_]) if id(node) not in skipped:
                skipped |= {id(part) for part in node.values}
                if text.startswith(f"{PROCESSING.folder}/"):
                    yield _Name(text=text.rpartition("/")[0], line=first.lineno, is_start=True)
            case ast.Constant(value=str(text)) if id(node) not in skipped and text.startswith(f"{PROCESSING.folder}/"):
                yield _Name(text=text.rstrip("/"), line=node.lineno)


def _is_related(name: _Name, folder: str) -> bool:
    """Return True if the script may mean a file of `folder`: the path lies in it, or leads to it."""
    return f"{name.text}/".startswith(f"{folder}/") or f"{folder}/".startswith(f"{name.text}/")


def _explain_channel(config: Config, step: Step, name: str, scripts: Mapping[str, ast.Module]) -> str:
    """Return that the step lacks the input `name`, and how to rename one of its inputs or to split its source."""
    names = [entry.name for entry in step.inputs]
    message = f"needs the input {quote(name)}, which this step does not have"
    message = f"{message} (its inputs: {', '.join(names)})" if names else f"{message} (it has none)"
    key = build_inputs_path(config, step.name)[-1]
    near = names[0] if len(names) == 1 else find_closest(name, names)
    if near is None or len(names) > _MAX_LISTED:
        return f"{message}. Write `{key}: {{{name}: SOURCE}}`"
    entry = step.inputs[names.index(near)]
    if folder := _find_folder_around(config, entry, name, scripts):
        output = f"`outputs: {{{name}: {folder}/{name}}}`"
        advice = f"If {entry.source.step} writes a folder for it, write {output} there, and read that output"
        return f"{message}. {advice}"
    renamed = {name if entry.name == near else entry.name: _format_source(config, step, entry) for entry in step.inputs}
    return f"{message}. Write `{key}: {{{', '.join(f'{name}: {source}' for name, source in renamed.items())}}}`"


def _find_folder_around(config: Config, entry: Input, name: str, scripts: Mapping[str, ast.Module]) -> str:
    """Return the folder of the output that `entry` reads, if its script writes a folder in it, perhaps `name`."""
    writer = map_steps(config).get(entry.source.step)
    for output in writer.outputs if writer else ():
        if output.name == entry.source.output and any(
            path.text == f"{output.path}/{name}" or (path.text == output.path and path.is_start)
            for path in _list_paths(scripts[entry.source.step])
        ):
            return output.path
    return ""


def _format_source(config: Config, step: Step, entry: Input) -> str:
    """Return the source of an input as short as this step may write it: `train`, `clean.rows`."""
    words = list_words(config, step.name)
    return entry.source.output if entry.source.output in words else str(entry.source)


def _explain_folder(config: Config, step: Step, name: _Name) -> tuple[KeyPath, _Name, str]:
    """Return the keys to change, the path in the script, and that no input or output of the step is there."""
    mounts = _list_mounts(step)
    listed = ", ".join(mounts[:_MAX_LISTED]) + ", …" * (len(mounts) > _MAX_LISTED)
    path, advice = _suggest(config, step, name)
    message = f"uses {quote(name.text)}, but this step has no input or output there ({listed or 'it has none'})"
    return path, name, f"{message}. {advice}"


def _list_mounts(step: Step) -> list[str]:
    """Return the folders of a step's inputs and outputs."""
    return [*(entry.path for entry in step.inputs), *(output.path for output in step.outputs)]


def _suggest(config: Config, step: Step, name: _Name) -> tuple[KeyPath, str]:
    """Return the keys of config.yaml to change, and how: the output or input with this name, or the only input."""
    folder = PurePosixPath(name.text)
    folder = folder.parent if folder.suffix and not name.is_start else folder
    outputs_path = (*build_step_path(step.name), "outputs")
    for output in step.outputs:
        if output.name in folder.parts:
            path = PurePosixPath(*folder.parts[: folder.parts.index(output.name) + 1])
            return outputs_path, f"Write `outputs: {{{output.name}: {path}}}`"
    entries = [entry for entry in step.inputs if entry.name in folder.parts] or step.inputs
    if len(entries) == 1 and f"{folder}/".startswith(f"{INPUT_FOLDER}/"):
        return _suggest_input(config, step, entries[0], str(folder))
    name_of_output = step.outputs[0].name if step.outputs else "NAME"
    example = f"`outputs: {{{name_of_output}: {folder}/{name_of_output}}}`"
    return outputs_path, f"If the script writes there, write {example}. If it reads there, write this path at an input"


def _suggest_input(config: Config, step: Step, entry: Input, folder: str) -> tuple[KeyPath, str]:
    """Return how to have an input in `folder`: at the data entry, or at the input if it is the output of a step."""
    data = None if entry.source.step else config.data.get(entry.source.output)
    if data:
        address = ", ".join(f"{key}: {text}" for key, text in (("s3", data.s3), ("local", data.local)) if text)
        return ("data", entry.source.output), f"Write `{entry.source.output}: {{{address}, path: {folder}}}`"
    source = _format_source(config, step, entry)
    path = build_inputs_path(config, step.name)
    return path, f"Write `inputs: {{{entry.name}: {{source: {source}, path: {folder}}}}}`"
