"""Jobs as lines: attempts, instances, and the trials of a search, also of one that was reused."""

from __future__ import annotations

from typing import Any

import click

from pushtrain.catalog.job_kinds import TRAINING, TUNING
from pushtrain.cli.terminal.job_text import describe_instances, list_job_lines, list_search_lines, number_attempts
from pushtrain.record import Trial
from pushtrain.runs import Job, ReusedSearch

BEST = Trial(
    number=3,
    name="t-3",
    arn="a",
    status="Completed",
    seconds=2.0,
    metric="loss",
    value=5.0,
    rank=1,
    hyperparameters={"shift": "5"},
    is_best=True,
)


def build_job(name: str, *trials: Trial, **described: Any) -> Job:
    kind = TUNING if trials else TRAINING
    return Job(step="train", name=name, kind=kind, status="Completed", seconds=90.0, described=described, trials=trials)


def list_lines(*jobs: Job) -> list[str]:
    return [click.unstyle(line) for line in list_job_lines(jobs, 8)]


def test_a_second_job_of_a_step_is_a_second_try() -> None:
    resources = {
        "ResourceConfig": {"InstanceType": "ml.g5.xlarge", "InstanceCount": 2},
        "EnableManagedSpotTraining": True,
    }
    jobs = (build_job("j-0"), build_job("j-1", **resources))
    assert [attempt for _, attempt in number_attempts(jobs)] == [1, 2]
    assert list_lines(*jobs) == [
        "train     Completed     90.0 s",
        "          j-0",
        "train     Completed     90.0 s  ml.g5.xlarge × 2 · spot · try 2",
        "          j-1",
    ]


def test_a_job_that_was_never_created_has_no_instances() -> None:
    assert describe_instances(build_job("j")) == {"instance": None, "instances": None, "spot": False}


def test_the_trials_of_a_search_stand_below_it() -> None:
    trial = "          trial 3  5  shift 5  2.0 s  best"
    assert list_lines(build_job("j-0", BEST))[2:] == [trial]
    search = ReusedSearch(step="train", run="r1", trials=(BEST,))
    assert list(list_search_lines((search,), 8)) == ["train     trials of run r1", trial]
