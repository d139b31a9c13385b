"""Ten runs that share two instances, simulated with the definition's own states. docs/benchmarks.md has the figures.

The environment variable PUSHTRAIN_TORTURE is the number of rounds; `make torture` sets 100.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from benchmarks.scarcity import HOUR, INSTANCES, RUNS, Aws, compile_states, measure, simulate

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
ROUNDS = int(os.environ.get("PUSHTRAIN_TORTURE", "2"))
TWELVE_HOURS = ", wait_for_capacity: 12h"


def test_the_page_has_the_figures_of_this_simulation() -> None:
    """If not, the definition changed: `python -m benchmarks.scarcity` prints the new figures."""
    page = PAGE.read_text(encoding="utf-8")
    assert [row for row in measure() if f"| {' | '.join(row)} |" not in page] == []


@pytest.mark.parametrize("number", range(ROUNDS))
@pytest.mark.parametrize("within", [0.0, HOUR])
@pytest.mark.parametrize(("quota", "free"), [(INSTANCES, RUNS), (RUNS, INSTANCES), (INSTANCES, INSTANCES)])
def test_all_runs_finish_if_they_may_wait_for_twelve_hours(quota: int, free: int, within: float, number: int) -> None:
    random.seed(number)
    outcome = simulate(compile_states(TWELVE_HOURS), Aws(quota, free), within=within)
    assert (outcome.finished, outcome.failed, outcome.jobs["trained"]) == (RUNS, 0, RUNS)
    assert outcome.seconds < 13 * HOUR


def test_without_the_loop_a_job_without_an_instance_ends_its_run() -> None:
    outcome = simulate(compile_states(), Aws(RUNS, INSTANCES))
    assert (outcome.finished, outcome.failed) == (INSTANCES, RUNS - INSTANCES)


def test_a_quota_of_nothing_is_not_waited_for() -> None:
    outcome = simulate(compile_states(TWELVE_HOURS), Aws(0, RUNS))
    assert (outcome.finished, outcome.seconds, outcome.jobs.total()) == (0, 0.0, 0)


def test_runs_that_waited_for_their_quota_in_vain_finish_when_they_are_redriven() -> None:
    outcome = simulate(compile_states(), Aws(INSTANCES, RUNS), redrives=9)
    assert (outcome.finished, outcome.redrives, outcome.jobs["trained"]) == (RUNS, 4, RUNS)
