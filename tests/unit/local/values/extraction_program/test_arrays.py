"""Arrays of numpy, and what has the names of other libraries."""

from __future__ import annotations

import numpy
import pytest

from tests.unit.local.values.extraction_program.read_back import describe, list_entries


@pytest.mark.parametrize(
    ("values", "dtype", "form", "shape"),
    [
        (numpy.ones((2, 3)), "float64", "d", [2, 3]),
        (numpy.ones(2, ">f4"), "float32", "f", [2]),
        (numpy.float16(1), "float16", "e", []),
        (numpy.ones(2, bool), "bool", "B", [2]),
        (numpy.ones(2, "c16"), "complex128", "d", [2, 2]),
        (numpy.array(["2026-11-28"], "M8[D]"), "datetime64[D]", "q", [1]),
        (numpy.zeros((0, 3)), "float64", "d", [0, 3]),
        (numpy.ones((2, 3)).T, "float64", "d", [3, 2]),
    ],
)
def test_an_array_has_type_shape_and_bytes(values: numpy.ndarray, dtype: str, form: str, shape: list[int]) -> None:
    (entry,) = list_entries(values)
    assert (entry["dtype"], entry["form"], entry["shape"]) == (dtype, form, shape)
    native = numpy.asarray(values)
    assert entry["raw"] == native.astype(native.dtype.newbyteorder("=")).tobytes()


def test_the_bytes_between_the_fields_of_a_record_do_not_count() -> None:
    aligned = numpy.dtype([("flag", "u1"), ("threshold", "f8")], align=True)
    # Not copied: a copy of a record leaves these bytes as the memory was.
    one, other = (numpy.frombuffer(bytearray([fill] * aligned.itemsize), aligned) for fill in (1, 2))
    for nodes in (one, other):
        nodes["flag"], nodes["threshold"] = 1, 0.5
    assert one.tobytes() != other.tobytes()
    assert list_entries({"nodes": one}) == list_entries({"nodes": other})
    assert list(describe({"nodes": one})) == ["", "nodes", "nodes.flag", "nodes.threshold"]


def test_objects_and_texts_are_written_one_by_one() -> None:
    entries = describe({"classes_": numpy.array(["a", "b"]), "own": numpy.array([{"k": 1.5}, None], object)})
    assert (entries["classes_"], entries["classes_[1]"]) == (["array <U1 (2,)", "2 entries"], ["'b'"])
    assert entries["own[0].k"] == ["1.5"]
    assert describe(numpy.dtype("f8"))[""] == ["float64"]
    assert describe(numpy.longdouble("0.5"))[""][0].startswith("array ")


def test_a_masked_array_has_its_mask() -> None:
    entries = list_entries(numpy.ma.array([1, 2], mask=[False, True]))
    assert entries[0]["text"].endswith("MaskedArray")
    assert entries != list_entries(numpy.ma.array([1, 2], mask=[False, False]))
