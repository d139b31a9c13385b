"""The modules that a script imports, itself or through files beside it. Pure: files are parsed, nothing is run.

In: the folder of the unpacked code, and the path of the script in it. Out: the names of top-level modules, such as
{"boto3", "pandas"}. A file that is not valid Python imports nothing: Python will report it when the script runs.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

MAX_BYTES = 1024 * 1024  # a longer file is not parsed: that takes seconds
IMPORT_FUNCTIONS = {"import_module", "__import__"}
# Methods of pandas that need a module which their caller does not import.
METHODS = {"read_parquet": "pyarrow", "to_parquet": "pyarrow", "read_feather": "pyarrow", "to_feather": "pyarrow"}


def list_modules(code: Path, script: str) -> frozenset[str]:
    """Return the top-level modules that `script`, and the files of the code that it imports, need."""
    files = {file.relative_to(code).as_posix(): file for file in code.rglob("*.py") if file.is_file()}
    queue, searched, modules = [script], set[str](), set[str]()
    while queue:
        path = queue.pop()
        if path in searched or path not in files:
            continue
        searched.add(path)
        names = [name.split(".") for name in _list_names(_parse(files[path]))]
        modules |= {parts[0] for parts in names}
        own_names = {part for parts in names for part in parts}
        queue += [other for other in files if own_names & set(PurePosixPath(other).with_suffix("").parts)]
    return frozenset(modules - {""})


def _parse(file: Path) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape such as "\d" is a warning, not an error
            return ast.parse(file.read_bytes() if file.stat().st_size <= MAX_BYTES else b"")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module(body=[], type_ignores=[])


def _list_names(tree: ast.Module) -> Iterator[str]:
    """Yield the names of what a file imports: `pkg.net`, and `.net` for a relative import.

    If it imports by a computed name, each text that could be one counts.
    """
    nodes = list(ast.walk(tree))
    is_dynamic = any(getattr(node, "attr", getattr(node, "id", "")) in IMPORT_FUNCTIONS for node in nodes)
    for node in nodes:
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                start = "." * bool(level) + (module or "")
                yield start
                yield from (f"{start}.{alias.name}" for alias in names)
            case ast.Attribute(attr=attribute) if attribute in METHODS:
                yield METHODS[attribute]
            case ast.Constant(value=str(text)) if is_dynamic and text.replace(".", "").isidentifier():
                yield text
