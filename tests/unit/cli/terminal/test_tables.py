"""Tables that fit the terminal: columns aligned, one column cut, or several tables below each other."""

from __future__ import annotations

import pytest

from pushtrain.cli.terminal import tables
from pushtrain.cli.terminal.stream import Terminal
from pushtrain.cli.terminal.tables import pad, print_metrics, print_table, print_wide_table

ROWS = [("MODEL", "RUN", "OUTCOME"), ("이탈", "r1", "registered 3"), ("a-long-name-of-a-model", "r2", "failed")]


def test_columns_are_aligned_also_with_hangul(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(ROWS)
    assert capsys.readouterr().out.splitlines() == [
        "MODEL                   RUN  OUTCOME",
        "이탈                    r1   registered 3",
        "a-long-name-of-a-model  r2   failed",
    ]


def test_the_narrow_column_is_cut_to_the_width_of_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def print_at(columns: int) -> list[str]:
        class Narrow(Terminal):
            def __init__(self, stream: object) -> None:
                self.columns = columns

        monkeypatch.setattr(tables, "Terminal", Narrow)
        print_table(ROWS, narrow=0)
        return capsys.readouterr().out.splitlines()

    assert print_at(30)[2] == "a-long-na…   r2   failed"
    assert print_at(5)[2] == "a-long…   r2   failed"  # a column keeps 8 characters


def test_columns_without_room_are_printed_below_with_the_key_columns(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "12")
    print_wide_table([("KEY", "ONE", "TWO", "THREE"), ("k", "1", "2", "a very long cell")], keys=1)
    assert capsys.readouterr().out.splitlines() == [
        "KEY  ONE",
        "k    1",
        "KEY  TWO",
        "k    2",
        "KEY  THREE",
        "k    a very long cell",
    ]
    monkeypatch.setenv("COLUMNS", "80")
    print_wide_table([("KEY", "ONE", "TWO")], keys=1)
    assert capsys.readouterr().out == "KEY  ONE  TWO\n"


def test_metrics_that_are_left_out_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    cells = {f"confusion_matrix.{number}": 1.0 for number in range(4)}
    print_metrics({"auc": 0.123456789, **cells})
    assert capsys.readouterr().out == "    auc  0.123457\n    and 4 more: --json\n"
    print_metrics({f"m{number:02}": 1.0 for number in range(33)})
    assert capsys.readouterr().out.splitlines()[29:] == ["    m29  1", "    and 3 more: --json"]
    print_metrics({})
    assert capsys.readouterr().out == ""


def test_a_hostile_name_shifts_no_column(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [("auc\x1b[2K\n", "0.1"), ("f1", "0.2"), ("cafe\u0301", "0.3"), ("\u1112\u1161\u11ab", "0.4")]
    print_table(rows)
    assert capsys.readouterr().out.splitlines() == [
        "auc\\x1b[2K\\x0a  0.1",
        "f1              0.2",
        "cafe\u0301            0.3",
        "\u1112\u1161\u11ab              0.4",
    ]


def test_a_cell_is_padded_on_either_side() -> None:
    assert pad("a\x1b", 7) == "a\x1b  "
    assert pad("한", 4, align_right=True) == "  한"
