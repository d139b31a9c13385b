"""config.yaml against the model repo it lies in. Pure: the caller says which paths exist.

In: a LoadedConfig and a question. Out: Problems for what config.yaml names and the model repo has not.
"""

from __future__ import annotations

from collections.abc import Callable

from pushtrain.config.load import LoadedConfig
from pushtrain.errors import Problem


def find_missing_paths(
    loaded: LoadedConfig, exists: Callable[[str], bool], *, file: str = "config.yaml"
) -> tuple[Problem, ...]:
    """One Problem for each script and local data path that is missing.

    `exists` is asked for paths relative to config.yaml with `/`, of a file or of a folder (without its last `/`).
    """
    named = {f"{name}.script": step.script for name, step in loaded.config.steps.items()}
    named |= {f"data.{name}": source.local for name, source in loaded.config.data.items() if source.local}
    return tuple(
        Problem(message=f"there is no '{path}' in the model repo", key=key, line=_line(loaded, key), file=file)
        for key, path in named.items()
        if not exists(path)
    )


def find_repo_warnings(
    loaded: LoadedConfig, exists: Callable[[str], bool], *, file: str = "config.yaml"
) -> tuple[Problem, ...]:
    """What is surprising about the two together: isolated containers cannot install requirements."""
    key = "network.isolation"
    if not loaded.config.network.isolation or not exists("requirements.txt"):
        return ()
    message = "isolated containers cannot install requirements.txt. Build an image that holds them"
    return (Problem(message=message, key=key, line=loaded.find_line(key), file=file),)


def _line(loaded: LoadedConfig, key: str) -> int | None:
    return loaded.find_line(key) or loaded.find_line(key.rpartition(".")[0])
