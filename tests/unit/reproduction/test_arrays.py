"""Two arrays are compared by their bytes: how many values differ, the first one, the largest difference."""

from __future__ import annotations

import io
import struct
from array import array

import pytest

from pushtrain.reproduction.arrays import BLOCK, SIZES, ComparedArrays, compare_bytes, count_values

NAN, OTHER_NAN = struct.pack("Q", 0x7FF8 << 48), struct.pack("Q", (0x7FF8 << 48) + 1)


def compare(one: bytes, other: bytes, form: str = "d") -> ComparedArrays:
    return compare_bytes(io.BytesIO(one), io.BytesIO(other), form, len(one) // SIZES[form])


def test_the_first_value_the_count_and_the_largest_difference() -> None:
    one = array("d", [0.5] * 20_000)
    other = array("d", one)
    other[9_000], other[19_999] = 0.25, 1.0
    assert len(one) * 8 > 2 * BLOCK
    compared = compare(one.tobytes(), other.tobytes())
    assert (compared.first, compared.values, compared.differing) == (9_000, (0.5, 0.25), 2)
    assert compared.largest == 0.5
    assert compare(one.tobytes(), one.tobytes()).first is None


def test_nan_equals_nan_and_zeros_have_a_sign() -> None:
    assert compare(NAN, OTHER_NAN).first is None
    assert compare(NAN, struct.pack("d", 1)).differing == 1
    zeros = compare(struct.pack("d", 0.0), struct.pack("d", -0.0))
    assert (zeros.first, zeros.largest) == (0, 0.0)


def test_an_infinite_difference_is_not_the_largest() -> None:
    compared = compare(struct.pack("2d", 1, 1), struct.pack("2d", float("inf"), 2))
    assert (compared.differing, compared.largest) == (2, 1.0)


@pytest.mark.parametrize(
    ("form", "one", "other"),
    [("b", -1, 2), ("B", 1, 255), ("h", -3, 3), ("i", -3, 3), ("q", -3, 2**62), ("e", 0.5, 2.0), ("f", 0.5, -2.0)],
)
def test_numbers_of_each_form(form: str, one: float, other: float) -> None:
    compared = compare(struct.pack(form, one), struct.pack(form, other), form)
    assert (compared.values, compared.largest) == ((one, other), float(abs(other - one)))


def test_bfloat16_is_the_first_half_of_a_float() -> None:
    one, other = (struct.pack("f", number)[2:] for number in (1.5, -2.0))
    assert compare(one, other, "bf16").values == (1.5, -2.0)


def test_a_file_that_ends_early_and_a_shape_that_no_array_has_are_errors() -> None:
    with pytest.raises(ValueError, match="the file of values is too short"):
        compare_bytes(io.BytesIO(b"12345678"), io.BytesIO(b"1234567"), "d", 1)
    with pytest.raises(ValueError, match=r"an array of the shape \[-1\]"):
        count_values([-1])
    assert (count_values([]), count_values([2, 3]), count_values([0, 3])) == (1, 6, 0)
