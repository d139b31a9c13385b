"""Compare config.yaml with the files of its model repo. Pure: the caller says which paths exist.

In: a LoadedConfig and a function that answers "does this path exist?". Out: Problems.
"""

from __future__ import annotations

from collections.abc import Callable

from pushtrain.config.load import LoadedConfig
from pushtrain.errors import Problem


def find_missing_paths(
    loaded: LoadedConfig, exists: Callable[[str], bool], *, file: str = "config.yaml"
) -> tuple[Problem, ...]:
    """Return one Problem for each script and each local data path that does not exist.

    `exists` gets paths of files and folders, relative to config.yaml, with `/` and without a last `/`.
    """
    paths = {f"{name}.script": step.script for name, step in loaded.config.steps.items()}
    paths |= {f"data.{name}": source.local for name, source in loaded.config.data.items() if source.local}
    return tuple(
        Problem(message=f"there is no '{path}' in the model repo", key=key, line=_find_line(loaded, key), file=file)
        for key, path in paths.items()
        if not exists(path)
    )


def find_repo_warnings(
    loaded: LoadedConfig, exists: Callable[[str], bool], *, file: str = "config.yaml"
) -> tuple[Problem, ...]:
    """Return a warning if the containers have no network but the model repo has a requirements.txt."""
    key = "network.isolation"
    if not loaded.config.network.isolation or not exists("requirements.txt"):
        return ()
    message = "isolated containers cannot install requirements.txt. Use an image that already has these packages"
    return (Problem(message=message, key=key, line=loaded.find_line(key), file=file),)


def _find_line(loaded: LoadedConfig, key: str) -> int | None:
    """Return the line of `key`, or of the section around it if the key is left to its default."""
    return loaded.find_line(key) or loaded.find_line(key.rpartition(".")[0])
