"""How the files of a channel become rows, as AWS's XGBoost images read them. The libraries of data are stand-ins."""

from __future__ import annotations

import types
from pathlib import Path
from typing import Any

import pytest

from pushtrain.local.container.stand_ins.sagemaker_xgboost_container import data_utils


@pytest.mark.parametrize(
    ("content_type", "name"),
    [("text/csv", "csv"), ("csv;label_size=1", "csv"), (None, "libsvm"), ("application/x-parquet", "parquet")],
)
def test_content_types(content_type: str | None, name: str) -> None:
    assert data_utils.get_content_type(content_type) == name


def test_other_content_types_are_refused() -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the whole message is compared
        data_utils.get_content_type("text/html")
    known = "application/x-parquet, csv, libsvm, parquet, text/csv, text/libsvm, text/x-libsvm"
    assert str(error.value) == f"content type 'text/html': XGBoost reads {known}"
    with pytest.raises(ValueError) as error:  # noqa: PT011
        data_utils.get_content_type("text/csv; label_size=2")
    assert str(error.value) == "content type 'text/csv; label_size=2': the label has one column, so label_size is 1"


def test_no_files_are_no_matrix_and_pipes_are_refused(tmp_path: Path) -> None:
    assert data_utils.get_dmatrix(None, "csv") is None
    (tmp_path / ".hidden").touch()
    assert data_utils.get_dmatrix(tmp_path, "csv") is None
    with pytest.raises(RuntimeError) as error:
        data_utils.get_dmatrix(tmp_path, "csv", is_pipe=True)
    assert str(error.value) == "pipe mode does not work on this computer"


class Column(list[float]):
    @property
    def size(self) -> int:
        return len(self)


def test_data_without_labels_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.svm").write_text("1 0:2\n")
    empty: Any = types.SimpleNamespace(get_label=Column)
    monkeypatch.setattr(data_utils, "_read_libsvm", lambda *_: empty)
    with pytest.raises(ValueError, match="has no labels: they are in the first column") as error:
        data_utils.get_dmatrix(str(tmp_path), "libsvm")
    assert str(error.value) == f"{tmp_path} has no labels: they are in the first column"


def test_the_first_line_of_a_csv_file_tells_its_delimiter(tmp_path: Path) -> None:
    for text, delimiter in (("1;2.5;3\n", ";"), ("1,2.5,3\n", ","), ("1\n", ",")):
        (tmp_path / "x.csv").write_text(text)
        assert data_utils._find_delimiter(tmp_path / "x.csv") == delimiter
