"""What a run record says about a step."""

from __future__ import annotations

import pytest

from pushtrain.record import RecordedStep, build_path_name


@pytest.mark.parametrize(("cache", "is_cached"), [(False, False), (True, True), (60, True)])
def test_a_step_is_cached_unless_cache_is_false(*, cache: bool | int, is_cached: bool) -> None:
    assert RecordedStep(cache=cache).is_cached is is_cached


def test_a_path_has_no_hyphen() -> None:
    assert build_path_name("split-rows") == "split_rows"
