"""Compare the values of two models, value by value. Reads files, runs no code of a model.

In: two folders, each with the `index.jsonl` and `values.bin` that `local/values/extraction_program/dump.py` describes.
Out: MemberValues for each file of the models. The folders are untrusted: code of the models wrote them.

Values are the same if they are equal bit for bit: the same class, type, shape and number. NaN equals NaN, 0.0 does not
equal -0.0. There is no tolerance; `--within` is for metrics.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

from pushtrain.reproduction.arrays import SIZES, ComparedArrays, compare_bytes, count_values
from pushtrain.reproduction.ladder import Difference, MemberValues

INDEX, VALUES = "index.jsonl", "values.bin"
LONGEST_TEXT = 60  # characters of a value in a difference
UNREADABLE = "what was read from it cannot be understood"

Entry = Mapping[str, Any]


def compare_values(first: Path, second: Path, members: Sequence[str]) -> list[MemberValues]:
    """Return what is known about each of `members`, in their order."""
    with ExitStack() as stack:
        files = [stack.enter_context(_open(folder, VALUES)) for folder in (first, second)]
        entries = [_read_index(stack.enter_context(_open(folder, INDEX))) for folder in (first, second)]
        return [_compare_member(name, entries, files) for name in members]


def _open(folder: Path, name: str) -> BinaryIO:
    """Open a file that a model's code wrote. Raises ValueError if it is a link or a pipe."""
    path = folder / name
    if path.is_symlink() or not path.is_file():
        raise ValueError(f"{name} is no file")
    return path.open("rb")


def _read_index(index: BinaryIO) -> Iterator[Entry]:
    for line in index:
        entry = json.loads(line)
        if not isinstance(entry, dict):
            raise ValueError(UNREADABLE)  # noqa: TRY004 - the value is wrong, not our call
        yield entry


def _compare_member(name: str, entries: Sequence[Iterator[Entry]], files: Sequence[BinaryIO]) -> MemberValues:
    """Compare one file of the models. What was read from it counts only if both were read to their ends."""
    try:
        heads = [next(side) for side in entries]
        if any(head.get("member") != name for head in heads):
            return MemberValues(member=name, is_same=None, reason=UNREADABLE)
        difference, count = None, 0
        while True:
            pair = [next(side) for side in entries]
            if any("end" in entry for entry in pair):
                break
            count += 1
            difference = _compare_entries(name, pair[0], pair[1], files)
            if difference:
                break
        reasons = [_read_end(entry, side) for entry, side in zip(pair, entries, strict=True)]
    except (ValueError, KeyError, TypeError, OverflowError, OSError, RecursionError, StopIteration) as error:
        reason = "the program that reads it ended early" if isinstance(error, StopIteration) else UNREADABLE
        return MemberValues(member=name, is_same=None, reason=reason)
    if reason := next(filter(None, reasons), ""):
        return MemberValues(member=name, is_same=None, reason=reason)
    return MemberValues(member=name, is_same=difference is None, difference=difference)


def _read_end(entry: Entry, entries: Iterator[Entry]) -> str:
    """Go to the end of a file of a model. Return why it could not be read; empty if it was."""
    while "end" not in entry:
        entry = next(entries)
    return "" if entry["end"] is True else str(entry["end"])


def _compare_entries(member: str, one: Entry, other: Entry, files: Sequence[BinaryIO]) -> Difference | None:
    """Return the difference of two values; None if they are the same."""
    path = str(one["path"])
    if path != other["path"]:
        raise ValueError(UNREADABLE)  # equal mappings and lists have equal paths
    if "keys" in one and "keys" in other and one["keys"] != other["keys"]:
        return _compare_keys(member, path, one["keys"], other["keys"])
    descriptions = _describe(one), _describe(other)
    if descriptions[0] != descriptions[1]:
        return Difference(member=member, array=path, values=_shorten(*descriptions))
    if "form" not in one:
        return None
    return _compare_arrays(member, path, one, other, files)


def _compare_keys(member: str, path: str, keys: Sequence[str], others: Sequence[str]) -> Difference:
    key = min({*keys} ^ {*others})
    array = f"{path}.{key}" if path else key
    return Difference(member=member, array=array, values=("there", "missing") if key in keys else ("missing", "there"))


def _describe(entry: Entry) -> str:
    """Return a value that is no array as text, of an array its type and shape: `float64 (1, 4)`."""
    if "text" in entry:
        return str(entry["text"])
    if "keys" in entry:
        return f"{len(entry['keys'])} keys"
    return f"{entry['dtype']} ({', '.join(map(str, entry['shape']))})"


def _compare_arrays(member: str, path: str, one: Entry, other: Entry, files: Sequence[BinaryIO]) -> Difference | None:
    form, shape = one["form"], [int(length) for length in one["shape"]]
    if form not in SIZES or form != other["form"]:
        raise ValueError(UNREADABLE)
    size = count_values(shape)
    for file, entry in zip(files, (one, other), strict=True):
        file.seek(entry["offset"])
    compared = compare_bytes(files[0], files[1], form, size)
    if compared.first is None:
        return None
    return Difference(
        member=member,
        array=path or "array",
        index=_format_index(compared.first, shape),
        values=_shorten(*_format_values(compared)),
        differing=compared.differing,
        size=size,
        largest=compared.largest,
    )


def _format_values(compared: ComparedArrays) -> tuple[str, str]:
    """Return both values, with as many digits as tell them apart."""
    one, other = compared.values
    for digits in (6, 9):
        texts = f"{one:.{digits}g}", f"{other:.{digits}g}"
        if isinstance(one, float) and texts[0] != texts[1]:
            return texts
    return repr(one), repr(other)


def _format_index(position: int, shape: Sequence[int]) -> str:
    """Return the index of the value at a position, row by row: `[0][3]`."""
    index = []
    for length in reversed(shape):
        position, remainder = divmod(position, length)
        index.append(f"[{remainder}]")
    return "".join(reversed(index))


def _shorten(one: str, other: str) -> tuple[str, str]:
    """Return two texts that differ, each on one line. Of long ones, the part in which they begin to differ."""
    texts = [" ".join(text.split()) for text in (one, other)]
    start = next((index for index, pair in enumerate(zip(*texts, strict=False)) if pair[0] != pair[1]), 0)
    start = max(0, start - LONGEST_TEXT // 2) if max(map(len, texts)) > LONGEST_TEXT else 0
    return _cut(texts[0], start), _cut(texts[1], start)


def _cut(text: str, start: int) -> str:
    end = start + LONGEST_TEXT
    return ("…" if start else "") + text[start:end] + ("…" if len(text) > end else "")
