"""Replace attributes of modules and classes of other libraries, and restore them later.

In: owner, attribute name, new value. Out: the changed owner; after `undo`, the owner as it was before.
"""

from __future__ import annotations

import functools
import sys
from typing import Any

from pushtrain.errors import LocalError

ABSENT: Any = object()


def moto_changed_error(difference: str) -> LocalError:
    """Return the error for a release of moto that pushtrain's corrections do not fit."""
    return LocalError(
        f"moto changed: {difference}. pushtrain corrects moto by name and knows releases 5.2.x: "
        "install one with `pip install 'moto>=5.2,<5.3'`"
    )


@functools.lru_cache(maxsize=10)
def _find_owners(package: str, name: str, _loaded: int) -> list[Any]:
    """Return the modules of `package` with an attribute `name`; searched again when more modules are loaded."""
    modules = list(sys.modules.items())
    return [module for path, module in modules if path.startswith(package) and name in vars(module)]


class Patches:
    """The attributes that were replaced. `undo` restores them, the last one first."""

    def __init__(self) -> None:
        self._undo: list[tuple[Any, str, Any]] = []

    def replace(self, owner: Any, name: str, value: Any) -> None:
        """Replace an attribute that must exist. Raises LocalError ("moto changed") if it does not."""
        if not hasattr(owner, name):
            raise moto_changed_error(f"{getattr(owner, '__name__', owner)} has no {name!r}")
        self.add(owner, name, value)

    def add(self, owner: Any, name: str, value: Any) -> None:
        """Set an attribute, whether it exists or not."""
        self._undo.append((owner, name, vars(owner).get(name, ABSENT)))
        setattr(owner, name, value)

    def replace_everywhere(self, package: str, name: str, old: Any, new: Any) -> None:
        """Replace a function in every loaded module of `package` that imported it by name."""
        for module in _find_owners(package, name, len(sys.modules)):
            if vars(module).get(name) is old:
                self.replace(module, name, new)

    def undo(self) -> None:
        """Restore every attribute. A second call does nothing."""
        while self._undo:
            owner, name, value = self._undo.pop()
            if value is ABSENT:
                delattr(owner, name)
            else:
                setattr(owner, name, value)
