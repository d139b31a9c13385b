"""The ladder: the highest rung that two models reach, and the first difference."""

from __future__ import annotations

import pytest

from pushtrain.reproduction.ladder import (
    RUNG_TEXTS,
    Comparison,
    Difference,
    MemberValues,
    Rung,
    climb,
    compare_metrics,
    list_differing_members,
)
from pushtrain.reproduction.members import ModelArchive

ONE = ModelArchive(sha256="1", members={"a.json": "a1", "b.bin": "b1"})
OTHER_VALUES = MemberValues(
    member="b.bin",
    is_same=False,
    difference=Difference(
        member="b.bin", array="coef_", index="[0][3]", values=("0.5", "0.25"), differing=2, size=8, largest=0.25
    ),
)


def measure(reproduced: float = 0.5, **options: object) -> Comparison:
    second = ModelArchive(sha256="2", members={"a.json": "a1", "b.bin": "b2"})
    return climb(ONE, second, compare_metrics({"auc": 0.5}, {"auc": reproduced}), **options)  # type: ignore[arg-type]


def test_same_bytes_have_no_difference() -> None:
    reached = climb(ONE, ONE, ())
    assert (reached.rung, reached.difference, reached.not_compared) == (Rung.BYTES, None, ())


def test_the_same_members_of_another_archive() -> None:
    reached = climb(ONE, ModelArchive(sha256="2", members=ONE.members), ())
    assert (reached.rung, reached.equal_members, reached.difference) == (Rung.MEMBERS, 2, None)


def test_the_same_values_in_other_bytes() -> None:
    reached = measure(values=(MemberValues(member="b.bin", is_same=True),))
    assert (reached.rung, reached.equal_members, reached.difference) == (Rung.VALUES, 1, None)


def test_the_first_other_value_is_named() -> None:
    reached = measure(values=(OTHER_VALUES,), has_same_predictions=True)
    assert reached.rung is Rung.PREDICTIONS
    assert str(reached.difference) == "b.bin: coef_[0][3]: 0.5 → 0.25; 2 of 8 values differ, at most 0.25"


@pytest.mark.parametrize(
    ("reproduced", "within", "rung"),
    [(0.5, 0, Rung.METRICS), (0.501, 0.002, Rung.METRICS), (0.501, 0, Rung.DIFFERENT), (0.6, 0.05, Rung.DIFFERENT)],
)
def test_metrics_count_within_a_tolerance(reproduced: float, within: float, rung: Rung) -> None:
    reached = measure(reproduced, within=within)
    assert reached.rung is rung
    assert str(reached.difference) == "b.bin: sha256 b1 → sha256 b2"
    assert RUNG_TEXTS[Rung.METRICS] == "metrics within the tolerance"
    assert reached.not_compared == ("predictions: evaluation wrote none",)


def test_a_missing_file_or_metric_is_a_difference() -> None:
    second = ModelArchive(sha256="2", members={"b.bin": "b1"})
    reached = climb(ONE, second, compare_metrics({"auc": 0.5}, {}), has_same_predictions=False, within=9)
    assert (reached.rung, reached.equal_members) == (Rung.DIFFERENT, 1)
    assert str(reached.difference) == "a.json: sha256 a1 → not in the archive"
    assert list_differing_members(ONE, second) == []


def test_what_was_not_compared_is_said() -> None:
    reached = measure(values=(MemberValues(member="b.bin", is_same=None, reason="no library reads it"),))
    assert reached.not_compared[0] == "b.bin: no library reads it"
    assert measure(0.9).rung is Rung.DIFFERENT
    assert climb(ONE, ModelArchive(sha256="3", members={}), ()).rung is Rung.DIFFERENT
