"""Name every value in a Python object, as its author would: `coef_`, `steps[1][1].mean_`, `fc1.weight`.

Any object is taken apart as pickle does it, so what is compared is what a pickle stores. An object that contains itself
is written once. The order of the keys of a mapping does not count.
"""

from __future__ import annotations

import copyreg
import types
from array import array
from collections.abc import Mapping, Sequence
from typing import Any

from .arrays import find_array_writer
from .dump import Dump
from .safetensors_values import RawArray

PLAIN = (bool, int, float, complex, str, type(None), type(...), type(NotImplemented))
GLOBALS = (type, types.FunctionType, types.BuiltinFunctionType)
LONGEST_INTEGER = 63  # bits
# What names the library that reads a model, not the model: scikit-learn writes its own version when it pickles.
IGNORED = frozenset({"_sklearn_version"})


class Walker:
    """Write the values of one object."""

    def __init__(self, dump: Dump) -> None:
        self._dump = dump
        self._parents: dict[int, str] = {}  # path of each object that contains the present one, by its id

    def walk(self, value: Any, path: str) -> None:
        """Write a value and everything in it. `path` is empty for the outermost object."""
        if type(value) in PLAIN:
            self._dump.write_text(path, repr(value))
        elif isinstance(value, RawArray):
            self._dump.write_array(path, value.dtype, value.form, value.shape, value.raw)
        elif isinstance(value, GLOBALS):
            self._dump.write_text(path, f"{value.__module__}.{value.__qualname__}")
        elif id(value) in self._parents:
            self._dump.write_text(path, f"the same object as {self._parents[id(value)] or 'the whole'}")
        else:
            self._parents[id(value)] = path
            self._walk_inside(value, path)
            del self._parents[id(value)]

    def _walk_inside(self, value: Any, path: str) -> None:
        if type(value) in (bytes, bytearray):
            self._dump.write_array(path, "bytes", "B", (len(value),), bytes(value))
        elif type(value) is dict:
            self._walk_mapping(value, path)
        elif type(value) in (list, tuple):
            self._walk_sequence(value, path)
        elif type(value) in (set, frozenset):
            self._walk_sequence(sorted(value, key=repr), path)
        elif write := find_array_writer(value):
            write(self, self._dump, value, path)
        else:
            self._walk_object(value, path)

    def _walk_mapping(self, mapping: Mapping[Any, Any], path: str) -> None:
        entries = {key if isinstance(key, str) else repr(key): (key, value) for key, value in mapping.items()}
        if len(entries) != len(mapping):  # such as 1 and "1"
            entries = {repr(key): (key, value) for key, value in mapping.items()}
        names = sorted(entries)
        self._dump.write_keys(path, names)
        for name in names:
            key, value = entries[name]
            self.walk(value, _join(path, key))

    def _walk_sequence(self, entries: Sequence[Any], path: str) -> None:
        """Write a list. One of whole numbers, or of floats alone, is an array."""
        kinds = {type(entry) for entry in entries}
        if kinds == {float}:
            self._dump.write_array(path, "float", "d", (len(entries),), array("d", entries).tobytes())
        elif kinds == {int} and all(entry.bit_length() < LONGEST_INTEGER for entry in entries):
            self._dump.write_array(path, "int", "q", (len(entries),), array("q", entries).tobytes())
        else:
            self._dump.write_text(path, f"{len(entries)} entries")
            for index, entry in enumerate(entries):
                self.walk(entry, f"{path}[{index}]")

    def _walk_object(self, value: Any, path: str) -> None:
        """Write the class of an object, and the parts of which pickle would build it."""
        cls = type(value)
        reduce = copyreg.dispatch_table.get(cls)
        reduced: Any = reduce(value) if reduce else value.__reduce_ex__(4)
        if isinstance(reduced, str):
            self._dump.write_text(path, f"{cls.__module__}.{reduced}")
            return
        function, arguments, state, entries, pairs = (*reduced, None, None, None, None)[:5]
        self._dump.write_text(path, f"{cls.__module__}.{cls.__qualname__}")
        if getattr(function, "__name__", "") == "__newobj__":
            arguments = arguments[1:]
        else:
            self.walk(function, _join(path, "(function)"))
        if arguments:
            self._walk_sequence(arguments, _join(path, "(arguments)"))
        self._walk_state(state, path)
        if entries is not None:
            self._walk_sequence([*entries], path)
        if pairs is not None:
            self._walk_mapping(dict(pairs), path)

    def _walk_state(self, state: Any, path: str) -> None:
        """Write the attributes of an object: a mapping, or a pair of mappings if its class has slots."""
        match state:
            case (dict() | None, dict() | None):
                parts = state
            case _:
                parts = (state,)
        for part in parts:
            if type(part) is dict:
                self._walk_mapping({key: value for key, value in part.items() if key not in IGNORED}, path)
            elif part is not None:
                self.walk(part, _join(path, "(state)"))


def _join(path: str, key: Any) -> str:
    """Return the path of an entry: `fc1.weight` for a text, `counts[3]` for anything else."""
    if isinstance(key, str) and key and not set(key) & set(" []'\"\\"):
        return f"{path}.{key}" if path else key
    return f"{path}[{key!r}]"
