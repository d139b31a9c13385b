"""Inputs and comparisons as text and JSON."""

from __future__ import annotations

import pytest

from pushtrain.cli.terminal.reproduction_text import (
    build_comparison_document,
    build_input_documents,
    print_comparison,
    print_inputs,
)
from pushtrain.reproduction.inputs import ComparedInput
from pushtrain.reproduction.ladder import ComparedMetric, Comparison, Difference, Rung

INPUTS = (
    ComparedInput(name="code", recorded="3 files", state="same"),
    ComparedInput(name="data.raw", recorded="2 objects", state="changed", detail="now 1 objects"),
)
REACHED = Comparison(
    rung=Rung.METRICS,
    members=2,
    equal_members=1,
    difference=Difference(member="b.bin", values=("sha256 b1", "sha256 b2")),
    metrics=(ComparedMetric(name="auc", recorded=0.5, reproduced=0.501),),
    not_compared=("predictions: evaluation wrote none",),
)


def test_each_input_has_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_inputs(INPUTS)
    assert capsys.readouterr().out == (
        "  code      3 files    same\n  data.raw  2 objects  changed\n  data.raw: now 1 objects\n"
    )
    assert [*build_input_documents(INPUTS)[1].values()] == ["data.raw", "2 objects", "changed", "now 1 objects"]


def test_the_rung_comes_first(capsys: pytest.CaptureFixture[str]) -> None:
    print_comparison(REACHED, 0.002)
    assert capsys.readouterr().out == (
        "METRICS WITHIN THE TOLERANCE · 1 of 2 files of the model have the same bytes\n"
        "  first difference  b.bin: sha256 b1 → sha256 b2\n"
        "  auc  0.5 → 0.501\n"
        "  not compared      predictions: evaluation wrote none\n"
        "  tolerance         0.002 (--within)\n"
    )


def test_the_json_has_all() -> None:
    document = build_comparison_document(REACHED, 0.002)
    assert (document["rung"], document["within"]) == ("metrics", 0.002)
    assert document["first_difference"]["member"] == "b.bin"
    assert document["metrics"] == [{"metric": "auc", "recorded": 0.5, "reproduced": 0.501}]


def test_many_metrics_are_cut(capsys: pytest.CaptureFixture[str]) -> None:
    metrics = tuple(ComparedMetric(name=f"m{number}", recorded=1.0, reproduced=None) for number in range(12))
    print_comparison(Comparison(rung=Rung.DIFFERENT, members=0, equal_members=0, difference=None, metrics=metrics), 0)
    out = capsys.readouterr().out
    assert "  and 2 more metrics that differ: --json" in out
    assert "  m0  1 → none" in out
