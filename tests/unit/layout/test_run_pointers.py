"""Empty objects say which runs there are: found by the beginning of an id, or the newest first."""

from __future__ import annotations

from pushtrain import layout
from tests.layout_keys import KEYS

OTHERS = ("", *KEYS.values())


def test_a_pointer_names_its_model_and_its_run() -> None:
    assert layout.parse_run_pointer_key(KEYS["build_run_pointer_key"]) == ("churn", "3f1c9a-0b42de")
    assert [key for key in OTHERS if layout.parse_run_pointer_key(key)] == [KEYS["build_run_pointer_key"]]


def test_a_start_names_its_model_its_run_and_its_time() -> None:
    key = layout.build_start_key(layout.build_countdown(1_795_645_200.123), "3f1c9a-0b42de", "churn")
    assert layout.parse_start_key(key) == ("churn", "3f1c9a-0b42de", 1_795_645_200.123)
    assert [key for key in OTHERS if layout.parse_start_key(key)] == [KEYS["build_start_key"]]


def test_starts_are_listed_newest_first() -> None:
    times = (9_999_999_999.0, 1_795_645_200.5, 1_795_645_200.0, 999_999_999.0)
    keys = [layout.build_start_key(layout.build_countdown(time), "r", "churn") for time in times]
    assert keys == sorted(keys)
