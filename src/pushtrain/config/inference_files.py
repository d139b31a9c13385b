"""Compare `register.inference.code` with the files of the model repo. Pure: the caller says which files there are.

In: a LoadedConfig, the paths of the code, and a function that answers "does this path exist?". Out: Problems.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from pushtrain.catalog.suggest import did_you_mean
from pushtrain.config.candidates import list_variants
from pushtrain.config.issue import format_key_path
from pushtrain.config.load import LoadedConfig
from pushtrain.config.model import Candidate, Inference
from pushtrain.config.values.inference_code import PROGRAM, PROGRAM_VARIABLE, select_inference_code
from pushtrain.errors import Problem

KEY = "register.inference.code"


def find_inference_code_problems(
    loaded: LoadedConfig, paths: Collection[str], exists: Callable[[str], bool], *, file: str = "config.yaml"
) -> tuple[Problem, ...]:
    """Return one Problem for each entry without files, and one if the program that serves is not among the files.

    `exists` also knows files that are no code: ignored ones, and those of `data`.
    """
    problems = []
    for variant in list_variants(loaded.config):
        inference = variant.config.registration.inference if variant.config.registration else None
        if inference is None or inference.code is None:
            continue
        key = _find_key(loaded, variant)
        for ending, message in _find_mistakes(inference, inference.code, paths, exists):
            line = loaded.find_line(f"{key}{ending}") or loaded.find_line(key)
            problems.append(Problem(message=message, key=f"{key}{ending}", line=line, file=file))
    return tuple(dict.fromkeys(problems))


def _find_key(loaded: LoadedConfig, variant: Candidate) -> str:
    """Return the key with the code: that of the candidate if its overlay has one."""
    own = f"{format_key_path(('candidates', variant.name))}.{KEY}" if variant.name else ""
    return own if own in loaded.lines else KEY


def _find_mistakes(
    inference: Inference, code: Sequence[str] | str, paths: Collection[str], exists: Callable[[str], bool]
) -> Iterator[tuple[str, str]]:
    """Yield the end of the key, such as `[1]`, and what is wrong there."""
    entries = {"": code} if isinstance(code, str) else {f"[{index}]": entry for index, entry in enumerate(code)}
    missing = {ending: entry for ending, entry in entries.items() if not select_inference_code((entry,), paths)}
    for ending, entry in missing.items():
        yield ending, _explain_missing(entry, paths, exists)
    if missing:
        return
    if isinstance(code, str) and code in paths:
        yield "", f"'{code}' is a file. Write a list, `code: [{code}]`, or name the folder with {PROGRAM}"
        return
    program = inference.environment.get(PROGRAM_VARIABLE, PROGRAM)
    files = select_inference_code(code, paths)
    if program not in files:
        listed = ", ".join(list(files)[:5])
        yield (
            "",
            f"has no '{program}', the program that serves{did_you_mean(program, files)} (code/ would have: {listed}). "
            f"Add it, or name another program in `environment: {{{PROGRAM_VARIABLE}: NAME}}`",
        )


def _explain_missing(entry: str, paths: Collection[str], exists: Callable[[str], bool]) -> str:
    if exists(entry):
        return (
            f"'{entry}' is not packed with the code: git or .pushtrainignore ignores it, it lies under `data`, or it "
            "has no files"
        )
    folders = {path.rpartition("/")[0] for path in paths}
    return f"there is no '{entry}' in the model repo{did_you_mean(entry, [*paths, *folders])}"
