"""Modules that take the place of others while a third module is imported, because their import would take long.

In: names of modules. Out: modules in sys.modules, any name of which can be imported. Such a name finds the real one
when it is called, or when one of its attributes is read; most are never used.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.machinery import PathFinder
from types import ModuleType
from typing import Any


class LaterName:
    """Stands for a class, function or constant of a module. `prepare` is called before the module is imported."""

    def __init__(self, module: str, name: str, prepare: Callable[[], object]) -> None:
        self._module, self._name, self._prepare = module, name, prepare

    def find(self) -> Any:
        """Return what the name stands for."""
        self._prepare()
        return getattr(importlib.import_module(self._module), self._name)

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Call the function, or create an instance of the class."""
        return self.find()(*arguments, **options)

    def __getattr__(self, name: str) -> Any:
        """Return an attribute of what the name stands for."""
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.find(), name)

    def __instancecheck__(self, instance: object) -> bool:
        """Answer isinstance() for a class."""
        return isinstance(instance, self.find())

    def __or__(self, _: object) -> LaterName:
        """Allow the name in annotations such as `Name | None`."""
        return self


class StandIn(ModuleType):
    """A module, of which each name is a LaterName. Names that are set on it are as they are."""

    def __init__(self, name: str, prepare: Callable[[], object], names: Mapping[str, Any]) -> None:
        super().__init__(name)
        self._prepare = prepare
        self.__dict__.update(names)

    def __getattr__(self, name: str) -> Any:
        """Return a name that is imported when it is used."""
        if name.startswith("__"):
            raise AttributeError(name)
        return LaterName(self.__name__, name, self._prepare)


def build_bare_package(name: str) -> ModuleType:
    """Return a package whose `__init__` did not run, so that only its requested modules are imported.

    The packages above it must be in sys.modules. Raises ModuleNotFoundError if it is not installed.
    """
    parent = sys.modules.get(name.rpartition(".")[0])
    spec = PathFinder.find_spec(name, parent.__path__ if parent else None)
    if spec is None or spec.submodule_search_locations is None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    package = ModuleType(name)
    package.__path__ = list(spec.submodule_search_locations)
    return package


@contextmanager
def replace_modules(stand_ins: Iterable[ModuleType]) -> Iterator[None]:
    """Let these modules be imported while the context lasts, if the real ones have not been imported."""
    added = [module for module in stand_ins if sys.modules.setdefault(module.__name__, module) is module]
    try:
        yield
    finally:
        remove_modules(added)


def remove_modules(modules: Iterable[ModuleType]) -> None:
    """Remove modules from sys.modules, unless others have taken their places."""
    for module in modules:
        if sys.modules.get(module.__name__) is module:
            del sys.modules[module.__name__]
