"""Which files of a model repo go into code/ of its model."""

from __future__ import annotations

import json

import pytest

from pushtrain.config.values.inference_code import format_code, select_inference_code

PATHS = [
    "train.py",
    "inference.py",
    "inference.py.old",
    "serving/inference.py",
    "serving/deep/a.py",
    "serving/__pycache__/inference.pyc",
    "serving2/b.py",
]


@pytest.mark.parametrize(
    ("code", "files"),
    [
        ((), {}),
        (("inference.py",), {"inference.py": "inference.py"}),
        (("serving/inference.py",), {"inference.py": "serving/inference.py"}),
        (
            ("inference.py", "serving"),
            {
                "inference.py": "inference.py",
                "serving/inference.py": "serving/inference.py",
                "serving/deep/a.py": "serving/deep/a.py",
            },
        ),
        (("serving/deep",), {"deep/a.py": "serving/deep/a.py"}),
        ("serving", {"inference.py": "serving/inference.py", "deep/a.py": "serving/deep/a.py"}),
        ("inference.py", {}),
    ],
)
def test_entries_go_there_by_their_last_name_and_what_is_in_one_folder_without_it(
    code: tuple[str, ...] | str, files: dict[str, str]
) -> None:
    assert select_inference_code(code, PATHS) == files


def test_the_start_file_reads_the_entries_as_json() -> None:
    assert json.loads(format_code(("a.py", "나무"))) == ["a.py", "나무"]
