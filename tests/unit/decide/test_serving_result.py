"""The result of a serving test in one line."""

from __future__ import annotations

import pytest

from pushtrain.decide import ServingResult


@pytest.mark.parametrize(
    ("members", "text", "holds"),
    [
        ({"outcome": "passed", "rows": 1}, "1 of 1 request answered", True),
        (
            {"outcome": "passed", "rows": 3, "p50": 2.4, "p90": 3.6},
            "3 of 3 requests answered; p50 2 ms, p90 4 ms on this computer",
            True,
        ),
        (
            {"outcome": "passed", "rows": 3, "p50": 2.4, "p90": 3.6, "within": 500},
            "3 of 3 requests answered; p50 2 ms, p90 4 ms (within 500 ms) on this computer",
            True,
        ),
        ({"outcome": "failed", "reason": "rows.csv, line 2: no"}, "failed: rows.csv, line 2: no", False),
        ({"outcome": "skipped", "reason": "the image is ours"}, "not tested: the image is ours", True),
    ],
)
def test_the_result_is_said_in_one_line(members: dict[str, object], text: str, holds: bool) -> None:
    result = ServingResult(job="job-1", requests="s3://code/rows.csv", **members)  # type: ignore[arg-type]
    assert (result.describe(), result.holds, result.serves) == (text, holds, holds)
