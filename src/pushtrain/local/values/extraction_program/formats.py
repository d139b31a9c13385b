"""Read a file of a model into Python objects, by the library that wrote it. Unpickling runs code of the model.

The name of a file, and its first bytes, decide its format.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

from .missing_classes import load_with_stand_ins
from .onnx_values import read_onnx
from .safetensors_values import read_safetensors

HEAD = 16  # bytes of a file that are looked at
PICKLE_STARTS = tuple(bytes((0x80, protocol)) for protocol in range(2, 6))
PICKLE_NAMES = frozenset({".joblib", ".pkl", ".pickle", ".p", ".sav"})
TORCH_NAMES = frozenset({".pt", ".pth", ".bin", ".ckpt"})
XGBOOST_NAMES = frozenset({".ubj", ".model", ".bst"})
XGBOOST_FILE = "xgboost-model"  # the name that AWS's own program gives its model


class UnknownFormat(Exception):
    """The file has none of the formats whose values can be read."""


def read_member(folder: Path, name: str) -> Any:
    """Return the objects in a file. Raises UnknownFormat, or any error of a library or of the model's own code."""
    file = folder / name
    with file.open("rb") as stream:
        head = stream.read(HEAD)
    return _find_reader(PurePosixPath(name), head)(file)


def _find_reader(name: PurePosixPath, head: bytes) -> Callable[[Path], Any]:
    suffix = name.suffix.lower()
    readers = (
        (suffix == ".npy" or head.startswith(b"\x93NUMPY"), _read_numpy),
        (suffix == ".npz", _read_numpy),
        (suffix == ".safetensors", read_safetensors),
        (suffix == ".onnx", read_onnx),
        (suffix in TORCH_NAMES and head.startswith((b"PK", *PICKLE_STARTS)), _read_torch),
        (suffix in PICKLE_NAMES or head.startswith(PICKLE_STARTS), _read_pickle),
        (suffix == ".json" or (name.name == XGBOOST_FILE and head.startswith(b'{"')), _read_xgboost_json),
        (suffix in XGBOOST_NAMES or name.name == XGBOOST_FILE, _read_xgboost),
    )
    for fits, reader in readers:
        if fits:
            return reader
    raise UnknownFormat


def _read_numpy(file: Path) -> Any:
    import numpy

    loaded = numpy.load(file, allow_pickle=True)
    return dict(loaded.items()) if hasattr(loaded, "items") else loaded


def _read_pickle(file: Path) -> Any:
    """Read a pickle. joblib reads its own files, compressed ones too, and plain pickles."""
    try:
        import joblib
    except ModuleNotFoundError:
        return load_with_stand_ins(lambda: pickle.loads(file.read_bytes()))
    return load_with_stand_ins(lambda: joblib.load(file))


def _read_torch(file: Path) -> Any:
    import torch

    return load_with_stand_ins(lambda: torch.load(file, map_location="cpu", weights_only=False))


def _read_xgboost_json(file: Path) -> Any:
    try:
        document = json.loads(file.read_bytes())
    except ValueError:
        raise UnknownFormat from None
    if not isinstance(document, dict) or "learner" not in document:
        raise UnknownFormat
    return {key: value for key, value in document.items() if key != "version"}


def _read_xgboost(file: Path) -> Any:
    import xgboost

    booster = xgboost.Booster()
    booster.load_model(file)
    return booster
