"""Read the files of a channel into an xgboost.DMatrix, as the XGBoost images of AWS do.

In: a file or a folder, and a content type: `text/csv`, `csv`, `libsvm`, `text/x-libsvm`, `parquet` or
`application/x-parquet`. Out: a DMatrix. CSV and Parquet have no header, and the label in the first column; with
`csv_weights` the second column is the weight of the row.
Source: "XGBoost algorithm" of the SageMaker developer guide, "Input/Output interface".
"""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

CSV, LIBSVM, PARQUET = "csv", "libsvm", "parquet"
_CONTENT_TYPES = {
    "csv": CSV,
    "text/csv": CSV,
    "libsvm": LIBSVM,
    "text/libsvm": LIBSVM,
    "text/x-libsvm": LIBSVM,
    "parquet": PARQUET,
    "application/x-parquet": PARQUET,
}


def get_content_type(content_type: str | None) -> str:
    """Return `csv`, `libsvm` or `parquet`. No content type means libsvm. Raises ValueError for any other."""
    name, _, parameters = (content_type or LIBSVM).lower().partition(";")
    if name.strip() not in _CONTENT_TYPES:
        raise ValueError(f"content type {content_type!r}: XGBoost reads {', '.join(sorted(_CONTENT_TYPES))}")
    label_size = parameters.replace(" ", "").partition("label_size=")[2][:1]
    if label_size not in {"", "1"}:
        raise ValueError(f"content type {content_type!r}: the label has one column, so label_size is 1")
    return _CONTENT_TYPES[name.strip()]


def get_dmatrix(data_path: Any, content_type: str, csv_weights: int = 0, is_pipe: bool = False) -> Any:
    """Return the rows of all files below `data_path` as a DMatrix; None if there is no path or no file."""
    if is_pipe:
        raise RuntimeError("pipe mode does not work on this computer")
    files = _list_files(data_path)
    if not files:
        return None
    readers = {CSV: _read_csv, LIBSVM: _read_libsvm, PARQUET: _read_parquet}
    matrix = readers[get_content_type(content_type)](files, csv_weights)
    if matrix.get_label().size == 0:
        raise ValueError(f"{data_path} has no labels: they are in the first column")
    return matrix


def _list_files(data_path: Any) -> list[Path]:
    """Return the files of one path or of several, in order. Files whose name begins with a dot or _ are not data."""
    paths = [] if data_path is None else [data_path] if isinstance(data_path, (str, Path)) else list(data_path)
    files: list[Path] = []
    for path in map(Path, paths):
        files += [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())
    return [file for file in files if not file.name.startswith((".", "_"))]


def _read_csv(files: Iterable[Path], csv_weights: int) -> Any:
    import pandas  # noqa: PLC0415 - the XGBoost image has it

    frames = [pandas.read_csv(file, header=None, sep=_find_delimiter(file)) for file in files]
    rows = pandas.concat(frames).to_numpy(dtype="float32")
    first = 2 if csv_weights else 1
    return _build_matrix(rows[:, first:], rows[:, 0], rows[:, 1] if csv_weights else None)


def _find_delimiter(file: Path) -> str:
    with file.open(encoding="utf-8") as lines:
        line = lines.readline()
    try:
        return csv.Sniffer().sniff(line, ",;\t |").delimiter
    except csv.Error:
        return ","


def _read_libsvm(files: Iterable[Path], _: int) -> Any:
    import scipy.sparse  # noqa: PLC0415
    from sklearn.datasets import load_svmlight_files  # noqa: PLC0415

    parts = load_svmlight_files([str(file) for file in files], zero_based=True)
    labels = [label for part in parts[1::2] for label in part]
    return _build_matrix(scipy.sparse.vstack(parts[0::2]).tocsr(), labels, None)


def _read_parquet(files: Iterable[Path], _: int) -> Any:
    import pandas  # noqa: PLC0415

    rows = pandas.concat([pandas.read_parquet(file) for file in files]).to_numpy(dtype="float32")
    return _build_matrix(rows[:, 1:], rows[:, 0], None)


def _build_matrix(features: Any, labels: Any, weights: Any) -> Any:
    import xgboost  # noqa: PLC0415

    return xgboost.DMatrix(features, label=labels, weight=weights)
