"""The trials of a search as lines: the best one first."""

from __future__ import annotations

from pushtrain.cli.terminal.trial_text import format_trials
from pushtrain.record import Trial


def build_trial(number: int, value: float | None, rank: int | None, reason: str = "") -> Trial:
    return Trial(
        number=number,
        name=f"t-{number}",
        arn="a",
        status="Failed" if reason else "Completed",
        seconds=1.0,
        metric="auc",
        value=value,
        rank=rank,
        hyperparameters={"depth": "3", "rate": "0.0123456"},
        reason=reason,
        is_best=rank == 1,
    )


TRIALS = [build_trial(1, 0.8123456, 2), build_trial(2, None, None, "AlgorithmError: no"), build_trial(10, 0.9, 1)]


def test_trials_are_in_the_order_of_their_value() -> None:
    assert format_trials(TRIALS) == [
        "trial 10  0.9       depth 3  rate 0.01235  1.0 s  best",
        "trial 1   0.812346  depth 3  rate 0.01235  1.0 s",
        "trial 2   –         depth 3  rate 0.01235  1.0 s  failed: AlgorithmError: no",
    ]


def test_of_many_trials_only_the_best_are_listed() -> None:
    assert format_trials(TRIALS, most=2)[2:] == ["1 more trial, 1 of all failed: the report and --json have all"]
    assert format_trials([*TRIALS[:1], *TRIALS[2:]] * 2, most=2)[2:] == [
        "2 more trials: the report and --json have all"
    ]


def test_a_job_without_trials_has_no_lines() -> None:
    assert format_trials(()) == []
