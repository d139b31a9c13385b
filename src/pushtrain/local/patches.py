"""Change attributes of foreign modules and classes, and put every one back.

In: owner, name, new value. Out: the owner as it was, after `undo`. It knows nothing of what it changes.
"""

from __future__ import annotations

import sys
from typing import Any

from pushtrain.errors import LocalError

ABSENT: Any = object()


def moto_changed_error(what: str) -> LocalError:
    """The error for a moto that is no longer the one this engine corrects."""
    return LocalError(
        f"moto changed: {what}. pushtrain corrects moto by name and knows releases 5.2.x: "
        "install one with `pip install 'moto>=5.2,<5.3'`"
    )


class Patches:
    """Attributes replaced so far, undone last first."""

    def __init__(self) -> None:
        self._undo: list[tuple[Any, str, Any]] = []

    def replace(self, owner: Any, name: str, value: Any) -> None:
        """Replaces an attribute that must exist. Raises LocalError ("moto changed") where it does not."""
        if not hasattr(owner, name):
            raise moto_changed_error(f"{getattr(owner, '__name__', owner)} has no {name!r}")
        self.add(owner, name, value)

    def add(self, owner: Any, name: str, value: Any) -> None:
        """Sets an attribute that may or may not exist."""
        self._undo.append((owner, name, vars(owner).get(name, ABSENT)))
        setattr(owner, name, value)

    def replace_everywhere(self, package: str, name: str, old: Any, new: Any) -> None:
        """Replaces a function in every loaded module of `package` that imported it by name."""
        for module_name, module in list(sys.modules.items()):
            if module_name.startswith(package) and vars(module).get(name) is old:
                self.replace(module, name, new)

    def undo(self) -> None:
        """Puts back what was there; a second call does nothing."""
        while self._undo:
            owner, name, value = self._undo.pop()
            if value is ABSENT:
                delattr(owner, name)
            else:
                setattr(owner, name, value)
