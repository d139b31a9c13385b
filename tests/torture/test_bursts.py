"""Bursts of pushes, simulated with the template's own numbers: nothing is lost, and docs/benchmarks.md has the figures.

The environment variable PUSHTRAIN_TORTURE is the number of rounds; `make torture` sets 100.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from benchmarks import bursts
from benchmarks.bursts import Installation, Simulation, measure, shortest_drain, simulate_invocations, simulate_queue

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
ROUNDS = int(os.environ.get("PUSHTRAIN_TORTURE", "2"))
CALLS = ("DescribeStateMachine", "CreateStateMachine", "StartExecution")
INSTALLATION = Installation(at_once=5, deliveries=8, retries=2)
pytestmark = pytest.mark.slow


def test_the_page_has_the_figures_of_this_simulation() -> None:
    """If not, the template, the calls or the pauses changed: `python -m benchmarks.bursts` prints the new figures."""
    page = PAGE.read_text(encoding="utf-8")
    assert [row for row in measure() if f"| {' | '.join(row)} |" not in page] == []


@pytest.mark.parametrize("number", range(ROUNDS))
@pytest.mark.parametrize("within", [0.0, 60.0])
@pytest.mark.parametrize("seconds", [1.0, 3.0])
def test_no_push_of_a_burst_is_lost_and_the_queue_drains_as_fast_as_the_quota_allows(
    number: int, within: float, seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bursts, "WITHIN", within)
    random.seed(number)
    outcome = simulate_queue(Simulation(CALLS, seconds), INSTALLATION)
    assert (outcome.started, outcome.failed) == (1_000, 0)
    assert outcome.most < INSTALLATION.deliveries
    assert shortest_drain() <= outcome.seconds < 1.25 * shortest_drain()


def test_without_the_queue_a_burst_overflows() -> None:
    random.seed(0)
    outcome = simulate_invocations(Simulation(CALLS, 3.0), INSTALLATION)
    assert outcome.started + outcome.failed == 1_000
    assert outcome.failed > 500


@pytest.mark.parametrize(
    ("code", "is_retried"), [("ThrottlingException", True), ("InternalError", True), ("InvalidDefinition", False)]
)
def test_the_handlers_own_rule_says_what_is_delivered_again(code: str, is_retried: bool) -> None:
    assert bursts.is_retried(code) == is_retried
