"""What was read of two models is compared value by value. Code of the models wrote it, so it may be anything."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy
import pytest

from pushtrain.local.values.extraction_program.dump import INDEX, VALUES, Dump
from pushtrain.local.values.extraction_program.walk import Walker
from pushtrain.reproduction.ladder import MemberValues
from pushtrain.reproduction.values import UNREADABLE, compare_values

ENDED = "the program that reads it ended early"


def write(folder: Path, *values: object, reason: str = "") -> Path:
    """Write each value as a file of a model: m0, m1 and so on. All but the first have `reason`."""
    folder.mkdir()
    with Dump(folder) as dump:
        for number, value in enumerate(values):
            dump.begin_member(f"m{number}")
            Walker(dump).walk(value, "")
            dump.end_member(reason if number else "")
    return folder


def compare(folder: Path, one: object, other: object) -> MemberValues:
    (values,) = compare_values(write(folder / "1", one), write(folder / "2", other), ["m0"])
    return values


class Model:
    def __init__(self, **attributes: object) -> None:
        self.__dict__.update(attributes)


def test_equal_values_are_the_same(tmp_path: Path) -> None:
    model = {"coef_": numpy.array([[0.1, numpy.nan]]), "depth": 3, "classes_": ["a", "b"]}
    assert compare(tmp_path, model, dict(reversed(model.items()))) == MemberValues(member="m0", is_same=True)


@pytest.mark.parametrize(
    ("one", "other", "difference"),
    [
        (
            {"coef_": numpy.array([[0.5, 0.1234], [1, 2]])},
            {"coef_": numpy.array([[0.5, 0.1240], [1, 3]])},
            "coef_[0][1]: 0.1234 → 0.124; 2 of 4 values differ, at most 1",
        ),
        ([0.1], [0.1 + 1e-9], "array[0]: 0.1 → 0.100000001"),
        ([0.1, 1], [0.1, True], "[1]: 1 → True"),
        ({"w": numpy.ones(2)}, {"w": numpy.ones((1, 2))}, "w: float64 (2) → float64 (1, 2)"),
        ({"w": numpy.ones(2)}, {"w": numpy.ones(2, "f4")}, "w: float64 (2) → float32 (2)"),
        ({"a": 1, "b": 2}, {"a": 1}, "b: there → missing"),
        ({"p": {"a": 1}}, {"p": {"a": 1, "가 ": 2}}, "p.가 : missing → there"),
        (["x"], ["x", "y"], ": 1 entries → 2 entries"),
        ({"f": len}, {"f": max}, "f: builtins.len → builtins.max"),
        ({"m": Model()}, {"m": {}}, f"m: {__name__}.Model → 0 keys"),
        ({"depth": 6}, {"depth": 7}, "depth: 6 → 7"),
        ({"d": numpy.array([3])}, {"d": numpy.array([5])}, "d[0]: 3 → 5"),
    ],
)
def test_the_first_difference_is_named(tmp_path: Path, one: object, other: object, difference: str) -> None:
    values = compare(tmp_path, one, other)
    assert (values.is_same, str(values.difference)) == (False, f"m0: {difference}".replace("m0: :", "m0:"))


def test_of_long_texts_the_part_that_differs_is_shown(tmp_path: Path) -> None:
    texts = ["tree\n" * 100 + end for end in ("leaf 1", "leaf 2")]
    difference = compare(tmp_path, {"model": texts[0]}, {"model": texts[1]}).difference
    assert difference is not None
    assert all(text.startswith("…") and len(text) < 70 for text in difference.values)
    assert [text.endswith(end) for text, end in zip(difference.values, ("leaf 1'", "leaf 2'"), strict=True)] == [
        True
    ] * 2


def test_a_file_that_one_side_could_not_read_is_not_compared(tmp_path: Path) -> None:
    folders = write(tmp_path / "1", 1, 2, 3), write(tmp_path / "2", 1, 5, 3, reason="No module named torch")
    one, other, third = compare_values(*folders, ["m0", "m1", "m2"])
    assert (one.is_same, third.is_same) == (True, None)
    assert (other.is_same, other.difference, other.reason) == (None, None, "No module named torch")


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([], ENDED),
        (["{"], UNREADABLE),
        (["[]"], UNREADABLE),
        (['{"member": "other"}'], UNREADABLE),
        (['{"member": "m0"}'], ENDED),
        (['{"member": "m0"}', '{"text": "1"}', '{"end": true}'], UNREADABLE),
        (['{"member": "m0"}', '{"path": "x", "text": "1"}', '{"end": true}'], UNREADABLE),
        (['{"member": "m0"}', '{"path": "", "dtype": "float64", "form": "?", "shape": [1], "offset": 0}'], UNREADABLE),
        (['{"member": "m0"}', '{"path": "", "dtype": "float64", "form": "d", "shape": [1], "offset": -1}'], UNREADABLE),
        (['{"member": "m0"}', '{"path": "", "dtype": "float64", "form": "d", "shape": [1], "offset": 9}'], UNREADABLE),
    ],
)
def test_an_answer_that_a_model_invented_is_no_answer(tmp_path: Path, lines: list[str], reason: str) -> None:
    good, invented = write(tmp_path / "1", numpy.ones(1)), write(tmp_path / "2", numpy.ones(1))
    (invented / INDEX).write_text("\n".join(lines), "utf-8")
    (values,) = compare_values(good, invented, ["m0"])
    assert (values.is_same, values.reason) == (None, reason)
    assert UNREADABLE == "what was read from it cannot be understood"


@pytest.mark.parametrize("name", [INDEX, VALUES])
def test_a_link_or_a_pipe_is_not_opened(tmp_path: Path, name: str) -> None:
    good, invented = write(tmp_path / "1", 1), write(tmp_path / "2", 1)
    (invented / name).unlink()
    (invented / name).symlink_to(good / name)
    with pytest.raises(ValueError, match=f"{name} is no file"):
        compare_values(good, invented, ["m0"])
    (invented / name).unlink()
    os.mkfifo(invented / name)
    with pytest.raises(ValueError, match=f"{name} is no file"):
        compare_values(good, invented, ["m0"])


def test_the_index_is_lines_of_json(tmp_path: Path) -> None:
    lines = (write(tmp_path / "1", 1) / INDEX).read_text("utf-8").splitlines()
    assert [*map(json.loads, lines)] == [{"member": "m0"}, {"path": "", "text": "1"}, {"end": True}]
