"""Find the path /opt/ml in the source of a script. Only the sandbox strategy `paths` needs this: it has no /opt/ml.

In: a command and the folder with its code. Out: a message with file and line, or None. Runs no code.
Modules of the same folder that the script imports are searched too. Comments and docstrings are not.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from pushtrain.layout import SOURCE_ARCHIVE
from pushtrain.local.container.archives import open_archive, read_text
from pushtrain.local.container.sandbox import PREFIX


def find_hardcoded_path(command: Sequence[str], folder: Path) -> str | None:
    """Return a message for the first /opt/ml in a script of `command` or in a module that it imports, else None."""
    sources = dict(_read_sources(folder))
    scripts = {PurePosixPath(argument).name for argument in command if argument.endswith(".py")}
    queue = [name for name in sources if PurePosixPath(name).name in scripts]
    searched: set[str] = set()
    while queue:
        name = queue.pop()
        if name in searched:
            continue
        searched.add(name)
        try:
            tree = ast.parse(sources[name])
        except (SyntaxError, ValueError):
            continue  # Python will report it when the script runs
        for line in _find_lines(tree):
            return (
                f"{name}:{line} holds the path /opt/ml, which this computer cannot provide (no mount namespaces); take "
                "paths from arguments or environment variables, or run on Linux where `unshare -rm` is allowed"
            )
        queue += _find_imported_files(tree, sources)
    return None


def _read_sources(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield path and text of each Python file in a folder and in its source archive."""
    for file in folder.rglob("*.py"):
        yield file.relative_to(folder).as_posix(), file.read_text("utf-8", "replace")
    if (folder / SOURCE_ARCHIVE).is_file():
        with open_archive(folder / SOURCE_ARCHIVE) as tar:
            for member in tar:
                if member.isreg() and member.name.endswith(".py"):
                    yield member.name.removeprefix("./"), read_text(tar, member)


def _find_lines(tree: ast.Module) -> Iterator[int]:
    """Yield the lines of string literals that contain the path. A string that is a whole statement is a docstring."""
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield from [node.lineno] if PREFIX.search(node.value) else []


def _find_imported_files(tree: ast.Module, sources: Mapping[str, str]) -> list[str]:
    """Return the files of `sources` that belong to a package or module that this one imports."""
    top_names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            top_names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            top_names |= {(node.module or "").partition(".")[0], *(alias.name for alias in node.names if node.level)}
    return [name for name in sources if top_names & set(PurePosixPath(name).with_suffix("").parts)]
