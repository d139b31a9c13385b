"""What a server noted of input_fn becomes one table, or a reason why there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from pushtrain.local.inference.served_features import read_features


def test_the_rows_of_all_requests_are_one_table(tmp_path: Path) -> None:
    file = tmp_path / "features.jsonl"
    file.write_text('{"columns": ["나이"], "rows": [["1"]]}\n{"columns": ["나이"], "rows": [["2"], ["3"]]}\n', "utf-8")
    assert read_features(file) == {"columns": ["나이"], "rows": [["1"], ["2"], ["3"]], "fault": ""}


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        (None, "input_fn was never called"),
        ('{"columns": null, "rows": []}\n{"fault": "no table"}\n', "no table"),
        (
            '{"columns": ["a"], "rows": []}\n{"columns": ["b"], "rows": []}\n',
            "input_fn returned other columns for some requests than for others",
        ),
        ("{\n", "the server noted what cannot be read: "),
    ],
)
def test_no_table_has_a_reason(tmp_path: Path, lines: str | None, fault: str) -> None:
    file = tmp_path / "features.jsonl"
    if lines is not None:
        file.write_text(lines)
    features = read_features(file)
    assert features["fault"].startswith(fault)
    assert (features["columns"], features["rows"]) == (None, [])
