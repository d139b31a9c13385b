"""`candidates:` before it is merged. tests/golden/config-errors/candidates has the texts of all mistakes."""

from __future__ import annotations

from typing import Any

import pytest

from pushtrain.config.candidate_overlays import read_candidates
from pushtrain.config.yaml.mark import Mark

TREE = {"model": "churn", "train": {"spot": True}}


def read(written: object) -> tuple[dict[str, Any], list[str]]:
    overlays, issues = read_candidates(written, TREE, Mark(line=1))
    return overlays, [issue.message for issue in issues]


def test_an_overlay_may_be_empty() -> None:
    assert read({"base": {}, "fast": {"train": {"spot": False}}}) == (
        {"base": {}, "fast": {"train": {"spot": False}}},
        [],
    )


@pytest.mark.parametrize("written", [{}, None, "base", ["base"]])
def test_it_is_a_mapping_with_a_candidate(written: object) -> None:
    overlays, messages = read(written)
    assert overlays == {}
    assert messages[0].startswith("expected a mapping of names to what differs, such as `base: {}`, found ")


def test_what_is_the_same_for_all_is_left_out() -> None:
    overlays, messages = read({"a": {"tags": {"x": "y"}, "register": {"when": [], "inference": {"instances": ["i"]}}}})
    assert overlays == {"a": {"register": {"inference": {"instances": ["i"]}}}}
    assert messages == ["is the same for every candidate. Remove it here"] * 2


def test_a_key_that_no_file_has_is_left_to_the_examination() -> None:
    assert read({"a": {"trian": {}}}) == ({"a": {"trian": {}}}, [])
