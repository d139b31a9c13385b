from __future__ import annotations

import time

import pytest

from pushtrain.report.curves import read_curves
from pushtrain.report.scale import MAX_POINTS

LOSS = {"Name": "loss", "Regex": r"loss=([0-9.a-z]+)"}


def test_a_curve_is_every_value_of_the_log_in_order() -> None:
    lines = ["loss=0.9; acc=0.1", "saving", "loss=0.5; acc=0.2", "loss=nan", "loss=0.4"]
    (curve,) = read_curves(lines, [LOSS, {"Name": "never", "Regex": "no such (.*)"}])
    assert (curve.name, curve.points, curve.count) == ("loss", ((1, 0.9), (2, 0.5), (3, 0.4)), 3)


def test_one_value_is_no_curve_and_a_bad_expression_finds_nothing() -> None:
    definitions = [LOSS, {"Name": "broken", "Regex": "("}, {"Name": "groupless", "Regex": "loss"}]
    assert read_curves(["loss=1"], definitions) == ()


def test_a_long_curve_is_thinned_and_keeps_its_ends() -> None:
    (curve,) = read_curves((f"loss={n}" for n in range(5001)), [LOSS])
    assert (curve.count, curve.points[0], curve.points[-1]) == (5001, (1, 0.0), (5001, 5000.0))
    assert MAX_POINTS / 2 < len(curve.points) <= MAX_POINTS


@pytest.mark.parametrize(
    "endless",
    [r"(a|aa)+$", r"(.*a){25}b", r"^(([a-z])+.)+[A-Z]([a-z])+$",
     r"(a{60000}){60000}", r"((((a{1,100}){1,100}){1,100}){1,100}){1,100}b", r"((a{9,}){9999}){9999}",
     r"(?R)", r"a{99999999999}{99999999999}", r"(?:a|(?R)b)*",
     "(" * 5000 + "a" + ")" * 5000],
)  # fmt: skip
def test_an_expression_without_end_costs_its_own_curve_and_no_more(endless: str) -> None:
    lines = ["a", "a", *["a" * 5000 + "!"] * 50, "loss=0.9", "loss=0.4"]
    began = time.monotonic()
    (curve,) = read_curves(lines, [{"Name": "endless", "Regex": endless}, LOSS], seconds=0.4)
    assert (curve.name, curve.points) == ("loss", ((1, 0.9), (2, 0.4)))
    assert time.monotonic() - began < 30
