"""The Python modules of a model repo, and which files an import of one of them reads. Pure.

In: the paths of a model repo, and the folders in which Python looks for modules. Out: paths. Every match counts: a
module and a package of one name, and a name that lies in several folders.
"""

from __future__ import annotations

import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from pushtrain.reuse.dynamic_names import LIBRARIES

COMPILED = (".so", ".pyd", ".pyc")
# Python imports these when it starts, if they are in one of its folders.
STARTUP_MODULES = frozenset({"sitecustomize", "usercustomize"})
_SHADOWING = sys.stdlib_module_names | LIBRARIES | STARTUP_MODULES
_PACKAGE = "__init__"


class Import(Struct, frozen=True):
    """One import: `from ..pkg import a, b` has the module `pkg`, the names (a, b) and the level 2.

    `names` is ("*",) for a star. It is empty for `import pkg`. `level` is 0 for an absolute import.
    """

    module: str
    names: tuple[str, ...] = ()
    level: int = 0


class ModuleIndex:
    """Finds the files of modules. `roots` are folders such as "" and `src`, in which Python looks for modules."""

    def __init__(self, paths: Iterable[str], roots: Iterable[str]) -> None:
        self._roots = tuple(dict.fromkeys(_end(root) for root in roots))
        self._files: defaultdict[str, list[str]] = defaultdict(list)  # `pkg/net` to its files, such as pkg/net.py
        self._children: defaultdict[str, set[str]] = defaultdict(set)  # `pkg/` to the names of modules in it
        self._folders: defaultdict[str, set[str]] = defaultdict(set)  # `net` to the folders with such a module
        for path in paths:
            if path.endswith((".py", *COMPILED)):
                self._add(path)

    def find_files(self, imported: Import, importer: str) -> set[str]:
        """Return the files of the model repo that an import in the file `importer` can read.

        An absolute import that matches nothing in the roots matches in every other folder: the model repo can be
        installed, or a variable of the image can add folders.
        """
        modules = [imported.module.split(".") if imported.module else []]
        modules += [[*modules[0], *name.split(".")] for name in imported.names if name != "*"]
        is_star = "*" in imported.names
        if imported.level:
            folder = _find_folder(importer, imported.level)
            return set() if folder is None else self._find_in((folder,), modules, is_star=is_star)
        in_roots = self._find_in(self._roots, modules, is_star=is_star)
        return in_roots or self._find_in(self._folders.get(modules[0][0], ()), modules, is_star=is_star)

    def find_text(self, text: str) -> set[str]:
        """Return the files of a module that a text names, such as `pkg.net.Net` or `net:Net`.

        A text without a colon must name a module in a package: `train.csv` is no module.
        """
        module, colon, _ = unicodedata.normalize("NFKC", text).partition(":")
        parts = module.split(".")
        if parts[0] not in self._folders or not all(part.isidentifier() for part in parts):
            return set()
        least = 1 if colon else 2
        matches = [self._walk(folder, parts) for folder in self._folders[parts[0]]]
        return {file for files, depth in matches if depth >= least for file in files}

    def find_shadowing(self) -> set[str]:
        """Return the modules in the roots that take the place of one that Python or a library imports."""
        names = [(root, name) for root in self._roots for name in self._children.get(root, set()) & _SHADOWING]
        shadowing: set[str] = set()
        for root, name in names:
            is_package = f"{root}{name}/{_PACKAGE}" in self._files
            shadowing |= {
                *self._files.get(root + name, ()),
                *(self._list_below(f"{root}{name}/") if is_package else ()),
            }
        startup = (folder + name for name in STARTUP_MODULES for folder in self._folders.get(name, ()))
        return shadowing.union(*(self._find_module(module) for module in startup))

    def has_own_module(self, name: str) -> bool:
        """Return True if `import name` reads a module of the model repo, and not a library or Python's own module."""
        return name not in sys.stdlib_module_names and any(self._find_module(root + name) for root in self._roots)

    def find_packages_around(self, path: str) -> set[str]:
        """Return the `__init__` files of the folders around a file."""
        files: set[str] = set()
        folder = _normalize(path).rpartition("/")[0]
        while folder:
            files.update(self._files.get(f"{folder}/{_PACKAGE}", ()))
            folder = folder.rpartition("/")[0]
        return files

    def _add(self, path: str) -> None:
        folder, _, name = _normalize(path).rpartition("/")
        module = _end(folder) + name.partition(".")[0]
        self._files[module].append(path)
        while module:
            folder, _, name = module.rpartition("/")
            if name in self._children[_end(folder)]:
                return
            self._children[_end(folder)].add(name)
            self._folders[name].add(_end(folder))
            module = folder

    def _find_in(self, folders: Iterable[str], modules: Sequence[list[str]], *, is_star: bool) -> set[str]:
        files: set[str] = set()
        for folder in folders:
            for module in modules:
                files.update(self._walk(folder, module)[0])
            if is_star:  # `__all__` may name modules of the package
                package = folder + "".join(f"{part}/" for part in modules[0])
                files.update(*(self._find_module(package + name) for name in self._children.get(package, ())))
        return files

    def _walk(self, folder: str, parts: Sequence[str]) -> tuple[list[str], int]:
        """Return the files of a module and the packages around it, and how many `parts` of its name match."""
        files = list(self._files.get(folder + _PACKAGE, ()))
        for depth, part in enumerate(parts):
            if part not in self._children.get(folder, ()):
                return (files if depth else []), depth
            files += self._find_module(folder + part)
            folder = f"{folder}{part}/"
        return files, len(parts)

    def _find_module(self, module: str) -> list[str]:
        return [*self._files.get(module, ()), *self._files.get(f"{module}/{_PACKAGE}", ())]

    def _list_below(self, folder: str) -> Iterator[str]:
        return (path for module, paths in self._files.items() if module.startswith(folder) for path in paths)


def _find_folder(path: str, level: int) -> str | None:
    """Return the folder that a relative import of this level begins in; None if that is outside of the model repo."""
    folders = _normalize(path).split("/")[:-1]
    return None if level - 1 > len(folders) else "".join(f"{folder}/" for folder in folders[: len(folders) - level + 1])


def _normalize(path: str) -> str:
    """Return a path as Python normalizes names: macOS writes `é` and Hangul in another form than scripts."""
    return path if path.isascii() else unicodedata.normalize("NFKC", path)


def _end(folder: str) -> str:
    folder = _normalize(folder).strip("/")
    return f"{folder}/" if folder not in {"", "."} else ""
