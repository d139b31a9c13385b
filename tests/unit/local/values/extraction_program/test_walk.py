"""Every value of an object has a name, whatever the object is."""

from __future__ import annotations

import collections
import functools
from array import array
from typing import Any

import pytest

from pushtrain.local.values.extraction_program.safetensors_values import RawArray
from tests.unit.local.values.extraction_program.read_back import describe, list_entries


class Model:
    def __init__(self, **attributes: object) -> None:
        self.__dict__.update(attributes)


class Slots:
    __slots__ = ("rate",)

    def __init__(self) -> None:
        self.rate = 0.5


class Counts(dict[str, int]):
    """A mapping with an attribute."""

    limit = 0


def test_values_have_the_names_of_their_attributes_keys_and_positions() -> None:
    entries = describe({"fc1.weight": [0.5, 1.0], "a b": (True, None), "model": Model(depth=3), 2: {"x"}})
    assert entries == {
        "": [["2", "a b", "fc1.weight", "model"]],
        "[2]": ["1 entries"],
        "[2][0]": ["'x'"],
        "['a b']": ["2 entries"],
        "['a b'][0]": ["True"],
        "['a b'][1]": ["None"],
        "fc1.weight": [("float", 2)],
        "model": [f"{__name__}.Model", ["depth"]],
        "model.depth": ["3"],
    }


def test_numbers_alone_are_an_array_and_mixed_ones_are_not() -> None:
    floats, integers = list_entries([0.5, -0.0]), list_entries([1, -(2**61)])
    assert (floats[0]["form"], floats[0]["raw"]) == ("d", array("d", [0.5, -0.0]).tobytes())
    assert (integers[0]["form"], integers[0]["raw"]) == ("q", array("q", [1, -(2**61)]).tobytes())
    assert [entry["text"] for entry in list_entries([1, 0.5, 2**70])] == ["3 entries", "1", "0.5", str(2**70)]
    assert list_entries(b"ab")[0]["raw"] == b"ab"


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_the_order_of_keys_and_of_sets_does_not_count(order: tuple[int, int]) -> None:
    entries = describe([dict.fromkeys(order), set(order)])
    assert entries["[0]"] == [["1", "2"]]
    assert entries["[1]"] == [("int", 2)]
    assert describe({1: 0, "1": 0})[""] == [["'1'", "1"]]


def test_objects_are_taken_apart_as_pickle_does() -> None:
    counts = Counts(a=1)
    counts.limit = 5
    entries = describe([Slots(), counts, functools.partial(max, 1), len, int, collections.OrderedDict(b=1)])
    assert entries["[0].rate"] == ["0.5"]
    assert (entries["[1].limit"], entries["[1].a"]) == (["5"], ["1"])
    assert entries["[2].(function)"] == ["functools.partial"]
    assert (entries["[3]"], entries["[4]"]) == (["builtins.len"], ["builtins.int"])
    assert entries["[5].b"] == ["1"]


def test_an_object_that_contains_itself_ends() -> None:
    model = Model()
    model.__dict__["parent"] = model
    assert describe(model)["parent"] == ["the same object as the whole"]
    shared: list[Any] = ["x"]
    assert describe([shared, shared])["[1][0]"] == ["'x'"]  # equal to two lists


def test_the_version_of_scikit_learn_is_no_value() -> None:
    assert describe(Model(_sklearn_version="1.9", coef_=1.0))[""] == [f"{__name__}.Model", ["coef_"]]


def test_an_array_that_was_stored_is_written_as_it_is() -> None:
    (entry,) = list_entries(RawArray("BF16", "bf16", (1, 2), memoryview(b"abcd")))
    assert entry == {"path": "", "dtype": "BF16", "form": "bf16", "shape": [1, 2], "raw": b"abcd"}
