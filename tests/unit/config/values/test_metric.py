from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pushtrain.config.values.metric import format_metric_path, parse_metric


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("accuracy", ("accuracy",)),
        ("regression_metrics.mse.value", ("regression_metrics", "mse", "value")),
        ("'a.b'.value", ("a.b", "value")),
        ("\"a.b\".'c.d'", ("a.b", "c.d")),
        ("f1 score.정확도", ("f1 score", "정확도")),
        ("top-5", ("top-5",)),
        ("metrics[0].value", ("metrics", 0, "value")),
        ("a[1][12]", ("a", 1, 12)),
        ("[0].value", (0, "value")),
        ("'a[0]'.b", ("a[0]", "b")),
        ("'a'[2]", ("a", 2)),
    ],
)
def test_keys(path: str, keys: tuple[str | int, ...]) -> None:
    assert parse_metric(path) == keys


@pytest.mark.parametrize(
    "path", ["", ".", "a.", ".a", "a..b", "'a", "'a'b", "''", "a\nb", "it's", "x" * 257, "a.[0]", "[0]a"]
)
def test_what_is_no_path(path: str) -> None:
    with pytest.raises(ValueError, match=r"metric|key"):
        parse_metric(path)


@given(st.lists(st.text(st.characters(exclude_characters="'\"", exclude_categories=["C"]), min_size=1), min_size=1))
def test_quoted_keys_come_back(keys: list[str]) -> None:
    path = ".".join(f"'{key}'" for key in keys)
    if len(path) <= 256:
        assert parse_metric(path) == tuple(keys)


@pytest.mark.parametrize(
    ("path", "character"), [("a[x]", 2), ("a[]", 2), ("a[-1]", 2), ("a[0", 2), ("a]", 2), ("b.a[0]]", 7), ("[a]", 1)]
)
def test_a_bracket_that_is_no_index(path: str, character: int) -> None:
    with pytest.raises(ValueError, match="bracket") as raised:
        parse_metric(path)
    assert str(raised.value) == (
        f"'{path}' has a bracket at character {character} that is no index of a list. Write an index such as "
        "metrics[0].value, or quote a key that contains a bracket: 'a[b]'.value"
    )


def test_a_path_of_jsonpath_is_written_without_its_root() -> None:
    with pytest.raises(ValueError, match="begins") as raised:
        parse_metric("$.metrics[0].value")
    assert str(raised.value) == "'$.metrics[0].value' begins with $. Write the path without it, such as mse.value"


@given(
    st.lists(
        st.integers(0, 10**9 - 1)
        | st.text(st.characters(exclude_characters="'\"", exclude_categories=["C"]), min_size=1),
        min_size=1,
    )
)
def test_a_formatted_path_is_parsed_to_the_same_keys(keys: list[str | int]) -> None:
    path = format_metric_path(keys)
    if len(path) <= 256:
        assert parse_metric(path) == tuple(keys)
