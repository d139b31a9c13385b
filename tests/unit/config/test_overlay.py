"""The deep merge of config overlays and of raw `sagemaker:` fields: they differ only in what null does."""

from __future__ import annotations

from typing import Any

import pytest

from pushtrain.config.overlay import find_useless_nulls, merge
from pushtrain.config.yaml.reader import read_document

BASE: dict[str, Any] = {"a": {"x": 1, "y": 2}, "b": [1, 2], "c": 3}
OVERLAY: dict[str, Any] = {"a": {"x": None, "z": 4}, "b": [9], "c": {"d": None}}


@pytest.mark.parametrize(
    ("null_removes", "merged"),
    [
        (True, {"a": {"y": 2, "z": 4}, "b": [9], "c": {}}),
        (False, {"a": {"x": None, "y": 2, "z": 4}, "b": [9], "c": {"d": None}}),
    ],
)
def test_mappings_merge_lists_replace_and_null_removes_or_replaces(null_removes: bool, merged: dict[str, Any]) -> None:
    assert merge(BASE, OVERLAY, null_removes=null_removes) == merged
    assert BASE == {"a": {"x": 1, "y": 2}, "b": [1, 2], "c": 3}


@pytest.mark.parametrize(
    ("overlay", "issues"),
    [
        ("train: {spot: null}", []),
        (
            "train: {spot: }",
            [(("train", "spot"), "is empty. Give it a value, or write null to remove it in this environment")],
        ),
        (
            "train: {spto: null}",
            [
                (
                    ("train", "spto"),
                    "null removes nothing: the file has no such key outside `environments:`. Remove this line",
                )
            ],
        ),
    ],
)
def test_a_null_must_remove_something(overlay: str, issues: list[tuple[tuple[str, ...], str]]) -> None:
    document = read_document(overlay.encode())
    useless_nulls = find_useless_nulls({"train": {"spot": True}}, document.tree, document.mark)
    assert [(issue.path, issue.message) for issue in useless_nulls] == issues
