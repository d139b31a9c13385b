"""`models score`: the answers to the rows of a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.embedded.cli.commands.models.served import fill_with_model, install_nothing

Types = Callable[..., tuple[int, str, str]]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    install_nothing(monkeypatch, tmp_path / "cache")
    return fill_with_model(tmp_path / "store", tmp_path / "temporary")


def test_rows_are_counted(types: Types, tmp_path: Path) -> None:
    file, target = tmp_path / "rows.txt", tmp_path / "out.csv"
    file.write_text("이름\n가\n나\n", encoding="utf-8")
    words = ("score", "churn", str(file), "-o", str(target), "--version", "1", "--content-type", "text/csv", "--header")
    code, out, _ = types(*words)
    assert code == 0
    assert out.startswith("churn version 1 · rows: 2 · answers: 2 · ")
    assert out.endswith(" ms (p90) on this computer\n")
    assert target.read_text("utf-8") == "w-가\nw-나\n"
    code, out, _ = types(*words, "--json")
    document = json.loads(out)
    assert (document.pop("p50"), document.pop("p90")) > (0, 0)
    assert (code, document) == (
        0,
        {"model": "churn", "version": 1, "file": str(target), "rows": 2, "answers": 2, "requests": 1},
    )


def test_an_unknown_kind_of_file_is_refused(types: Types, tmp_path: Path) -> None:
    file = tmp_path / "rows.txt"
    file.touch()
    code, out, err = types("score", "churn", str(file), "-o", str(tmp_path / "out.csv"))
    assert (code, out) == (2, "")
    assert err.startswith(f"{file}: what is in it? Give --content-type, or a name that ends with one of .csv, .json, ")
