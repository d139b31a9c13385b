"""Packages whose modules are imported when one of their names is first used, so that commands start fast. Pure.

In: the names of a package by module. Out: the package's `__getattr__` (PEP 562).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def build_getattr(package: str, names: Mapping[str, tuple[str, ...]]) -> Callable[[str], Any]:
    """Return the `__getattr__` of a package. `names` maps a module such as `.load` to the names that it defines."""
    modules = {name: f"{package}{module}" for module, defined in names.items() for name in defined}

    def get(name: str) -> Any:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(modules[name]), name)
        setattr(sys.modules[package], name, value)
        return value

    return get
