"""Which steps are reused, as lines of at most 80 columns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pushtrain.cli.terminal.reuse_text import format_reuse
from pushtrain.cli.terminal.time_text import format_age
from pushtrain.runs import StepExplanation

RUN = "3f2a8c0d1e4b-9c1d22"


def explain(step: str, reason: str, ended: str = "") -> StepExplanation:
    return StepExplanation(step=step, reason=reason, run=RUN, ended=ended, job="" if reason else "job-1")


def test_a_step_is_reused_or_says_each_reason_on_a_line_of_its_own() -> None:
    three_days_ago = (datetime.now(UTC) - timedelta(days=3, hours=1)).isoformat(timespec="milliseconds")
    steps = [
        explain("preprocess", "", three_days_ago),
        explain("train", "train.hyperparameters.epochs 20 → 30; model/net.py changed"),
    ]
    lines = list(format_reuse(steps, width=10))
    assert lines == [
        f"preprocess  reused  from run {RUN}, 3 days ago",
        "train       runs    train.hyperparameters.epochs 20 → 30",
        "                    model/net.py changed",
    ]
    assert max(map(len, lines)) <= 80


def test_what_a_script_wrote_stays_on_its_line() -> None:
    (line,) = format_reuse([explain("train", "a\nb.py changed")], width=5)
    assert "\n" not in line


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-5, "just now"), (59, "just now"), (60, "1 minute ago"), (7200, "2 hours ago"), (86_400, "1 day ago")],
)
def test_an_age_has_one_unit(seconds: float, text: str) -> None:
    assert format_age(seconds) == text
