"""Compare the values in config.yaml with how a script declares its arguments. Pure; nothing is run.

In: a LoadedConfig and the sources of its scripts. Out: warnings for values that argparse would misread. Only calls of
`add_argument` with names written as text are looked at; what a script builds at run time stays unknown.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from pushtrain.config.candidates import find_step_path
from pushtrain.config.issue import KeyPath, format_key_path
from pushtrain.config.load import LoadedConfig
from pushtrain.config.model import StepSettings
from pushtrain.config.scripts import parse_script
from pushtrain.errors import Problem

FLAGS = {"store_true", "store_false"}
DECLARES_FLAG = "declares a flag"
ARGUMENTS = "arguments"  # here a null is a flag; a hyperparameter always has a value
KEYS = ("hyperparameters", ARGUMENTS)
REMEDY = "Read the text in the script, for example type=lambda text: text.lower() == 'true'"


def warn_misread_values(
    loaded: LoadedConfig, sources: Mapping[str, bytes], *, file: str = "config.yaml"
) -> tuple[Problem, ...]:
    """Return a warning for each true or false that a script's own parser turns into something else."""
    return tuple(
        Problem(message=message, key=key, line=loaded.find_line(key), file=file)
        for name, step in loaded.config.steps.items()
        for key, message in _check_step(find_step_path(loaded.config, name), step, sources.get(step.script, b""))
    )


def _check_step(step_path: KeyPath, step: StepSettings, source: bytes) -> Iterator[tuple[str, str]]:
    declared = find_boolean_arguments(source)
    for key in KEYS:
        values = getattr(step, key, None)
        for argument, value in values.items() if isinstance(values, dict) else ():
            misreading = declared.get(argument, "")
            if misreading and (isinstance(value, bool) or str(value).lower() in {"true", "false"}):
                path = format_key_path((*step_path, key, argument))
                yield path, f"{step.script} {misreading}. {_find_remedy(key, argument, misreading)}"


def _find_remedy(key: str, argument: str, misreading: str) -> str:
    if misreading.startswith(DECLARES_FLAG) and key == ARGUMENTS:
        return f"Write {argument}: null to pass it, or remove it"
    return REMEDY


def find_boolean_arguments(source: bytes) -> dict[str, str]:
    """Return the arguments, without hyphens, that misread `True` and `False`, and how: {"shuffle": "uses ..."}."""
    arguments: dict[str, str] = {}
    for node in ast.walk(parse_script(source)):
        match node:
            case ast.Call(func=ast.Attribute(attr="add_argument")) if misreading := _find_misreading(node):
                names = [word.value for word in node.args if isinstance(word, ast.Constant)]
                arguments |= {name.lstrip("-"): misreading for name in names if isinstance(name, str)}
    return arguments


def _find_misreading(call: ast.Call) -> str:
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    kind, action = keywords.get("type"), keywords.get("action")
    if isinstance(kind, ast.Name) and kind.id == "bool":
        return "uses type=bool, which makes True of every text, of 'False' too"
    if isinstance(action, ast.Constant) and action.value in FLAGS:
        return f"{DECLARES_FLAG} ({action.value}), which takes no value and fails with one"
    return ""
