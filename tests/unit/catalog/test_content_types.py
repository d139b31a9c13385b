"""Content types of request files."""

from __future__ import annotations

import pytest

from pushtrain.catalog.content_types import find_content_type, has_rows


@pytest.mark.parametrize(
    ("file", "content_type"),
    [("samples/요청.CSV", "text/csv"), ("a.jsonl", "application/json"), ("a.svm", "text/libsvm"), ("a.txt", "")],
)
def test_the_ending_says_what_a_file_holds(file: str, content_type: str) -> None:
    assert find_content_type(file) == content_type


def test_json_and_npy_are_one_request() -> None:
    assert [has_rows(file) for file in ("a.csv", "a.jsonl", "a.txt", "a.json", "a.NPY")] == [
        True,
        True,
        True,
        False,
        False,
    ]
