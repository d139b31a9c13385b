"""Keys of the serving bucket."""

from __future__ import annotations

from pushtrain import layout


def test_decisions_are_listed_oldest_first() -> None:
    times = ("2026-11-21T10:00:00.123+00:00", "2026-11-21T10:00:00.124+00:00", "2026-12-01T09:00:00.000+00:00")
    keys = [layout.build_decision_key("churn", 3, time, status) for time, status in zip(times, "CBA", strict=True)]
    assert keys == sorted(keys)
    assert all(key.startswith(layout.build_decisions_prefix("churn", 3)) for key in keys)
