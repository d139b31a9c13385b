"""Read an ONNX file into mappings and arrays: its graph, without what names the program that wrote it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

IGNORED = frozenset({"doc_string", "producer_name", "producer_version"})
NAMED = frozenset({"initializer", "metadata_props"})  # lists whose entries are known by their names


def read_onnx(file: Path) -> Any:
    """Return the model as mappings, lists and arrays. Tensors in files beside it are read too."""
    import onnx

    return _read(onnx.load(file))


def _read(message: Any) -> Any:
    """Return a protobuf message as a mapping of the fields that are set, a tensor as an array."""
    import onnx

    if isinstance(message, onnx.TensorProto):
        return onnx.numpy_helper.to_array(message)
    if not hasattr(message, "ListFields"):
        return message
    fields = ((field.name, value) for field, value in message.ListFields() if field.name not in IGNORED)
    return {name: _read_field(name, value) for name, value in fields}


def _read_field(name: str, value: Any) -> Any:
    if isinstance(value, (str, bytes)) or not hasattr(value, "__len__"):  # one value, not a list
        return _read(value)
    entries = list(value)
    names = [getattr(entry, "name", getattr(entry, "key", "")) for entry in entries]
    if name in NAMED and all(names) and len({*names}) == len(names):
        return dict(zip(names, map(_read, entries), strict=True))
    return [_read(entry) for entry in entries]
