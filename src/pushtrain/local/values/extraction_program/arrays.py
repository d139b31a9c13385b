"""Write arrays of numpy, tensors of PyTorch and boosters of XGBoost. They are there if a model needs them."""

from __future__ import annotations

import ctypes
import json
from collections.abc import Callable
from typing import Any, Protocol

from .dump import Dump

TORCH_FORMS = {
    "bool": "B",
    "uint8": "B",
    "int8": "b",
    "int16": "h",
    "int32": "i",
    "int64": "q",
    "float16": "e",
    "bfloat16": "bf16",
    "float32": "f",
    "float64": "d",
    "complex64": "f",
    "complex128": "d",
}
NUMPY_FORMS = {
    "b1": "B",
    "u1": "B",
    "u2": "H",
    "u4": "I",
    "u8": "Q",
    "i1": "b",
    "i2": "h",
    "i4": "i",
    "i8": "q",
    "m8": "q",
    "M8": "q",
    "f2": "e",
    "f4": "f",
    "f8": "d",
    "c8": "f",
    "c16": "d",
}


class Walk(Protocol):
    """Writes a value that an array holds."""

    def walk(self, value: Any, path: str) -> None:
        """Write a value and everything in it."""


Write = Callable[[Walk, Dump, Any, str], None]


def find_array_writer(value: Any) -> Write | None:
    """Return what writes an array of a library, by the name of its class; None for another object."""
    names = [f"{cls.__module__.partition('.')[0]}.{cls.__name__}" for cls in type(value).__mro__]
    if names[0] in {"numpy.ndarray", "numpy.memmap"} or "numpy.generic" in names:
        return _write_numpy
    if "numpy.dtype" in names or names[0] in {"torch.dtype", "torch.device"}:
        return lambda _, dump, described, path: dump.write_text(path, str(described))
    if "torch.Tensor" in names:
        return _write_tensor
    return _write_booster if "xgboost.Booster" in names else None


def _write_numpy(walker: Walk, dump: Dump, value: Any, path: str) -> None:
    """Write an array, or a number of numpy. A record array is written by field: bytes between fields are noise."""
    import numpy

    values = numpy.asarray(value)
    dtype = values.dtype
    if dtype.names:
        dump.write_text(path, f"array {dtype.names} {values.shape}")
        for name in dtype.names:
            _write_numpy(walker, dump, values[name], f"{path}.{name}" if path else name)
    elif form := NUMPY_FORMS.get(f"{dtype.kind}{dtype.itemsize}"):
        shape = (*values.shape, 2) if dtype.kind == "c" else values.shape
        native = values.astype(dtype.newbyteorder("="), copy=False)
        dump.write_array(path, str(native.dtype), form, shape, native.tobytes())
    else:  # texts, objects, and numbers that Python cannot read
        dump.write_text(path, f"array {dtype} {values.shape}")
        entries = values.reshape(-1).tolist()
        walker.walk([repr(entry) for entry in entries] if dtype.kind == "f" else entries, path)


def _write_tensor(walker: Walk, dump: Dump, value: Any, path: str) -> None:
    import torch

    tensor = value.detach()
    if tensor.layout != torch.strided:
        dump.write_text(path, f"tensor {tensor.layout} {tuple(tensor.shape)}")
        coordinates = tensor.to_sparse().coalesce()
        _write_tensor(walker, dump, coordinates.indices(), f"{path}.indices")
        _write_tensor(walker, dump, coordinates.values(), f"{path}.values")
        return
    if tensor.is_quantized:
        dump.write_text(path, f"tensor {tensor.dtype} {tensor.qscheme()}")
        tensor = tensor.dequantize()
    tensor = tensor.cpu().resolve_conj().resolve_neg().contiguous()
    name, size = str(tensor.dtype).removeprefix("torch."), tensor.element_size()
    shape = tuple(tensor.shape)
    if tensor.is_complex():
        shape = (*shape, 2)
    elif name not in TORCH_FORMS:  # such as float8: its bytes are compared
        shape = (*shape, size)
    raw = ctypes.string_at(tensor.data_ptr(), tensor.numel() * size) if tensor.numel() else b""
    dump.write_array(path, name, TORCH_FORMS.get(name, "B"), shape, raw)


def _write_booster(walker: Walk, dump: Dump, value: Any, path: str) -> None:
    """Write an XGBoost model as its JSON, without the version of the library that wrote it."""
    document = json.loads(bytes(value.save_raw("json")))
    del document["version"]
    dump.write_text(path, "xgboost.Booster")
    walker.walk(document, path)
