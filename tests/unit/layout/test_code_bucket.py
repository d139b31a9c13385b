"""Keys of the code bucket: which upload is a push, and what a pushed file belongs to."""

from __future__ import annotations

import pytest

from pushtrain import layout


def test_the_config_of_a_revision_is_a_push() -> None:
    prefix = layout.build_revision_prefix("churn", "3f1c9a")
    assert layout.parse_push_key(f"{prefix}config.yaml") == ("churn", "3f1c9a")


@pytest.mark.parametrize(
    "key",
    [
        "model-repos/churn/3f1c9a/config_yaml",
        "model-repos/churn/3f1c9a/data/config.yaml",
        "model-repos/churn/config.yaml",
        "other/churn/3f1c9a/config.yaml",
        "model-repos/churn/3f1c9a/config.yaml.bak",
    ],
)
def test_no_other_key_is_a_push(key: str) -> None:
    assert layout.parse_push_key(key) is None


def test_a_pushed_file_names_its_model_its_revision_and_its_path() -> None:
    key = layout.build_revision_prefix("churn", "3f1c9a") + "data/rows 1.csv"
    assert layout.parse_pushed_file_key(key) == ("churn", "3f1c9a")
    assert layout.parse_pushed_path(key) == "data/rows 1.csv"


@pytest.mark.parametrize("key", ["model-repos/churn/3f1c9a/", "model-repos/churn/x", "churn/3f1c9a/train.py", ""])
def test_no_other_key_is_a_pushed_file(key: str) -> None:
    assert layout.parse_pushed_file_key(key) is None
    assert layout.parse_pushed_path(key) == ""
