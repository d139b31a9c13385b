"""Content types of AWS's inference containers."""

from __future__ import annotations

import io

import numpy as np
import pytest

from pushtrain.local.inference.server_program.encoding import (
    CSV,
    JSON,
    NPY,
    UnsupportedType,
    decode,
    encode,
    parse_csv,
    parse_libsvm,
    parse_numbers,
)


def test_json_csv_and_npy_are_decoded() -> None:
    content = io.BytesIO()
    np.save(content, np.array([[1, 2]]))
    assert decode("[[1, 2.5]]", JSON, parse_csv).tolist() == [[1, 2.5]]
    assert decode('1,"가, 나"\n2,다\n', CSV, parse_csv).tolist() == [["1", "가, 나"], ["2", "다"]]
    assert decode(content.getvalue(), NPY, parse_csv).tolist() == [[1, 2]]


def test_a_single_row_of_csv_has_one_dimension_as_in_the_container() -> None:
    assert parse_csv("1,2,3").tolist() == ["1", "2", "3"]


def test_another_type_is_refused() -> None:
    with pytest.raises(UnsupportedType) as raised:
        decode("", "image/png", parse_csv)
    assert str(raised.value) == "Content-Type image/png is not one that this image decodes; input_fn can"
    with pytest.raises(UnsupportedType) as raised:
        encode([1], "image/png")
    assert str(raised.value) == "Accept image/png is not one that this image encodes; output_fn can"


def test_predictions_are_encoded() -> None:
    assert encode(np.array([1.5, 2.0]), JSON) == "[1.5, 2.0]"
    assert encode({"가": np.float64(1)}, JSON) == '{"\\uac00": 1.0}'
    assert encode(np.array([1.5, 2.0]), CSV) == "1.5\n2.0\n"
    assert encode([["가", 1], ["나", 2]], CSV) == "가,1\n나,2\n"
    assert np.load(io.BytesIO(encode([3], NPY))).tolist() == [3]


def test_numbers_and_libsvm_are_matrices() -> None:
    assert np.isnan(parse_numbers("1,\r\n2,3")[0][1])
    assert parse_libsvm("1 1:2 3:4\n0 2:5").tolist() == [[2, 0, 4], [0, 5, 0]]
    assert parse_libsvm("0:2 1:4").tolist() == [[2, 4]]
