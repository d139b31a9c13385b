from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pushtrain.config.values.metric import parse_metric


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("accuracy", ("accuracy",)),
        ("regression_metrics.mse.value", ("regression_metrics", "mse", "value")),
        ("'a.b'.value", ("a.b", "value")),
        ("\"a.b\".'c.d'", ("a.b", "c.d")),
        ("f1 score.정확도", ("f1 score", "정확도")),
        ("top-5", ("top-5",)),
    ],
)
def test_keys(path: str, keys: tuple[str, ...]) -> None:
    assert parse_metric(path) == keys


@pytest.mark.parametrize("path", ["", ".", "a.", ".a", "a..b", "'a", "'a'b", "''", "a\nb", "it's", "x" * 257])
def test_what_is_no_path(path: str) -> None:
    with pytest.raises(ValueError, match=r"metric|key"):
        parse_metric(path)


@given(st.lists(st.text(st.characters(exclude_characters="'\"", exclude_categories=["C"]), min_size=1), min_size=1))
def test_quoted_keys_come_back(keys: list[str]) -> None:
    path = ".".join(f"'{key}'" for key in keys)
    if len(path) <= 256:
        assert parse_metric(path) == tuple(keys)
