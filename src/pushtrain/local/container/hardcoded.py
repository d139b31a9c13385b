"""Finds /opt/ml written into a script's source. Needed only where that path cannot be provided (sandbox `paths`).

In: a command and the folder that holds its code. Out: a sentence that names file and line, or None. Runs nothing.
Comments and docstrings do not count; modules of the same code that the script imports do.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from pushtrain.local.container.archives import member_text, open_archive
from pushtrain.local.container.sandbox import PREFIX

ARCHIVE = "sourcedir.tar.gz"


def find_hardcoded_path(command: Sequence[str], folder: Path) -> str | None:
    """What is wrong when a script that `command` names, or a module it imports, holds the path /opt/ml."""
    sources = dict(_sources(folder))
    named = {PurePosixPath(word).name for word in command if word.endswith(".py")}
    waiting = [name for name in sources if PurePosixPath(name).name in named]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        try:
            tree = ast.parse(sources[name])
        except (SyntaxError, ValueError):
            continue  # the script itself will say so
        for line in _lines(tree):
            return (
                f"{name}:{line} holds the path /opt/ml, which this machine cannot provide (no mount namespaces); take "
                "paths from arguments or environment variables, or run on Linux where `unshare -rm` is allowed"
            )
        waiting += _imported(tree, sources)
    return None


def _sources(folder: Path) -> Iterator[tuple[str, str]]:
    """Path and text of each Python file of an input: loose, or in its source archive."""
    for file in folder.rglob("*.py"):
        yield file.relative_to(folder).as_posix(), file.read_text("utf-8", "replace")
    if (folder / ARCHIVE).is_file():
        with open_archive(folder / ARCHIVE) as tar:
            for member in tar:
                if member.isreg() and member.name.endswith(".py"):
                    yield member.name.removeprefix("./"), member_text(tar, member)


def _lines(tree: ast.Module) -> Iterator[int]:
    """Lines of string literals that hold the path; a string that is a statement of its own is documentation."""
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield from [node.lineno] if PREFIX.search(node.value) else []


def _imported(tree: ast.Module, sources: Mapping[str, str]) -> list[str]:
    """Files of `sources` that belong to a package or module this one imports (by its top name)."""
    tops: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            tops |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            tops |= {(node.module or "").partition(".")[0], *(alias.name for alias in node.names if node.level)}
    return [name for name in sources if tops & set(PurePosixPath(name).with_suffix("").parts)]
