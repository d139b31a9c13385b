from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pushtrain.config.values.units import format_duration, parse_cache, parse_duration, parse_size


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("30m", 1800), ("2h", 7200), ("1h 30m", 5400), ("1h30m", 5400), ("3d", 259_200)]
)
def test_durations(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("value", ["", "2", "h", "2 hours", "1.5h", "-1h", "2h!", 7200, True, None, "١h", "1h " * 9])
def test_what_is_no_duration(value: object) -> None:
    with pytest.raises(ValueError, match=r"is not a duration\. Write 90s, 30m, 2h, 1h 30m or 3d"):
        parse_duration(value)


@pytest.mark.parametrize(("value", "age"), [(True, True), (False, False), ("30d", 2_592_000), ("1s", 1)])
def test_cache_is_on_off_or_for_a_time(value: object, age: bool | int) -> None:
    parsed = parse_cache(value)
    assert (type(parsed), parsed) == (type(age), age)


@pytest.mark.parametrize("value", ["", "yes", "30", 30, None, ["30d"]])
def test_what_is_no_cache(value: object) -> None:
    with pytest.raises(ValueError, match=r"is neither true, false nor a duration\. Write true, 30d or 12h"):
        parse_cache(value)


@given(st.integers(1, 10**8))
def test_a_duration_survives_being_said(seconds: int) -> None:
    assert parse_duration(format_duration(seconds)) == seconds


@pytest.mark.parametrize(("text", "gigabytes"), [("50GB", 50), ("50 gb", 50), ("1TB", 1024)])
def test_sizes(text: str, gigabytes: int) -> None:
    assert parse_size(text) == gigabytes


@pytest.mark.parametrize("value", ["50", "50MB", "0.5TB", "GB", 50, None])
def test_what_is_no_size(value: object) -> None:
    with pytest.raises(ValueError, match=r"is not a size\. Write 50GB or 1TB"):
        parse_size(value)
