"""The metrics of a version beside a baseline."""

from __future__ import annotations

from pushtrain.report.english import ENGLISH
from pushtrain.report.metrics import MetricRow, build_table, has_own_row, is_better, label_metrics
from tests.unit.report.report_facts import facts, version


def test_the_metrics_of_the_gate_come_first_without_the_section_they_share() -> None:
    table = build_table(facts())
    assert table.section == "binary_classification_metrics"
    assert [row.name for row in table.rows] == ["auc", "loss", "accuracy", "rows"]


def test_metrics_beyond_the_room_are_counted() -> None:
    many = {f"m{number}": 1.0 for number in range(103)}
    table = build_table(facts(version=version(metrics=many)))
    assert (len(table.rows), table.left_out) == (100, 3)


def test_cells_of_a_matrix_and_deviations_have_no_row() -> None:
    assert has_own_row("auc.value")
    assert not has_own_row("auc.standard_deviation")
    assert not has_own_row("binary.confusion_matrix.0.1")
    assert not has_own_row("splits.train.rows")


def test_the_direction_decides_which_value_is_better() -> None:
    assert is_better("loss", 0.3, 0.4, {}) is True
    assert is_better("loss", 0.3, 0.4, {"loss": 1}) is False
    assert is_better("loss", 0.3, 0.3, {}) is None
    assert is_better("oddity", 0.3, 0.4, {}) is None


def test_names_without_a_common_section_stay_whole() -> None:
    assert label_metrics(["a.x.value", "b.y"]) == ("", {"a.x.value": "a.x", "b.y": "b.y"})


def test_a_difference_within_one_deviation_is_neither_better_nor_worse() -> None:
    row = MetricRow(name="auc", value=0.95, other=0.94, deviation=0.02, better=True)
    cells = row.to_cells(ENGLISH)
    assert (cells["difference"], cells["kind"], cells["comment"]) == ("+0.0100", "", "▲ within ±")
    worse = MetricRow(name="auc", value=0.9, other=0.94, better=False).to_cells(ENGLISH)
    assert (worse["difference"], worse["kind"], worse["comment"]) == ("−0.0400", "bad", "▼ worse")
