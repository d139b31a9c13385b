"""Compare `register.inference.test` with the files of the model repo. Pure: the caller says which files there are.

In: a LoadedConfig and the paths of the files. Out: Problems.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from pushtrain.catalog.suggest import did_you_mean
from pushtrain.config.candidates import list_variants
from pushtrain.config.issue import format_key_path
from pushtrain.config.load import LoadedConfig
from pushtrain.config.model import Candidate
from pushtrain.errors import Problem

KEY = "register.inference.test.requests"


def find_request_file_problems(
    loaded: LoadedConfig, paths: Collection[str], *, file: str = "config.yaml"
) -> tuple[Problem, ...]:
    """Return one Problem for each file of requests that does not exist, or that SageMaker would not read alone."""
    problems = []
    for variant in list_variants(loaded.config):
        registration = variant.config.registration
        test = registration.inference.test if registration else None
        if test and (reason := next(_find_reasons(test.requests, paths), "")):
            key = _find_key(loaded, variant)
            problems.append(Problem(message=reason, key=key, line=loaded.find_line(key), file=file))
    return tuple(dict.fromkeys(problems))


def _find_key(loaded: LoadedConfig, variant: Candidate) -> str:
    """Return the key that names the file: that of the candidate if its overlay has one."""
    own = f"{format_key_path(('candidates', variant.name))}.{KEY}" if variant.name else ""
    return own if own in loaded.lines else KEY


def _find_reasons(path: str, paths: Collection[str]) -> Iterator[str]:
    if any(name.startswith(f"{path}/") for name in paths):
        yield f"'{path}' is a folder. Name one file of requests"
    elif path not in paths:
        yield f"there is no '{path}' in the model repo{did_you_mean(path, paths)}"
    elif others := sorted(name for name in paths if name.startswith(path) and name != path):
        yield (
            f"the name of '{others[0]}' begins with '{path}', and SageMaker reads every file whose name does. "
            "Rename one of them"
        )
