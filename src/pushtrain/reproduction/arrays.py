"""Compare the bytes of two arrays: how many values differ, the first one, and the largest difference. Pure.

In: two files that are open at the first byte of an array, the form of its values, and their number. Blocks of equal
bytes are skipped, so that equal arrays cost no more than reading them.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from typing import BinaryIO, Literal

from msgspec import Struct

# Bytes of a value, by its form: a character of the module struct, or bf16, the first half of a 32-bit float.
SIZES = {"b": 1, "B": 1, "h": 2, "H": 2, "i": 4, "I": 4, "q": 8, "Q": 8, "e": 2, "bf16": 2, "f": 4, "d": 8}
BITS: dict[int, Literal["B", "H", "I", "Q"]] = {1: "B", 2: "H", 4: "I", 8: "Q"}  # whole numbers of so many bytes
BLOCK = 1 << 16  # bytes that are compared at once; a multiple of every size

Number = int | float


class ComparedArrays(Struct, frozen=True, kw_only=True):
    """`first` is the position of the first values that differ, `values` are these; None if all are the same.

    `differing` counts the values that differ. `largest` is the largest difference of two finite values.
    """

    first: int | None
    values: tuple[Number, Number]
    differing: int
    largest: float


def count_values(shape: Sequence[int]) -> int:
    """Return how many values an array has. Raises ValueError for a shape that no array has."""
    if any(length < 0 for length in shape):
        raise ValueError(f"an array of the shape {shape}")
    return math.prod(shape)


def compare_bytes(one: BinaryIO, other: BinaryIO, form: str, size: int) -> ComparedArrays:
    """Compare `size` values. Raises ValueError if a file ends before."""
    width = SIZES[form]
    first, values, differing, largest = None, (0, 0), 0, 0.0
    for start in range(0, size * width, BLOCK):
        length = min(BLOCK, size * width - start)
        blocks = one.read(length), other.read(length)
        if any(len(block) != length for block in blocks):
            raise ValueError("the file of values is too short")
        if blocks[0] == blocks[1]:
            continue
        positions = _find_differing(*blocks, width)
        pairs = zip(*(_decode(block, form, positions) for block in blocks), strict=True)
        for position, pair in zip(positions, pairs, strict=True):
            if pair[0] != pair[0] and pair[1] != pair[1]:  # NaN equals NaN, whatever its bits
                continue
            if first is None:
                first, values = start // width + position, pair
            differing += 1
            distance = abs(pair[0] - pair[1])
            if largest < distance < math.inf:
                largest = distance
    return ComparedArrays(first=first, values=values, differing=differing, largest=float(largest))


def _find_differing(one: bytes, other: bytes, width: int) -> list[int]:
    """Return the positions in two blocks at which the bits of the values differ."""
    views = [memoryview(block).cast(BITS[width]).tolist() for block in (one, other)]
    return [position for position, (left, right) in enumerate(zip(*views, strict=True)) if left != right]


def _decode(block: bytes, form: str, positions: list[int]) -> list[Number]:
    """Return the numbers at some positions of a block."""
    if form == "bf16":
        bits = memoryview(block).cast("H")
        return [struct.unpack("f", struct.pack("I", bits[position] << 16))[0] for position in positions]
    numbers = struct.unpack(f"{len(block) // SIZES[form]}{form}", block)
    return [numbers[position] for position in positions]
