"""`runs show` on AWS: push, definition, jobs, retries, cost and the failure."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from pushtrain.catalog import job_kinds
from pushtrain.cli.commands.runs import show as runs_show
from pushtrain.config.values.money import Money
from pushtrain.platform import PLATFORM_VARIABLE, Platform
from pushtrain.runs import Failure, Job, ReusedSearch, Run, StepExplanation

DEV = Platform.local("dev")
NOW = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
Types = Callable[..., tuple[int, str, str]]


@pytest.fixture
def types(typed: Types, monkeypatch: pytest.MonkeyPatch) -> Types:
    monkeypatch.setenv(PLATFORM_VARIABLE, DEV.to_json())
    return typed


def job(step: str, number: int, status: str = "Completed", **instances: Any) -> Job:
    resources = {"InstanceType": "ml.g5.xlarge", "InstanceCount": 1, **instances}
    return Job(
        step=step,
        name=f"pushtrain-churn-{step}-r1-{number}",
        kind=job_kinds.TRAINING,
        status=status,
        seconds=90.0,
        started=NOW.timestamp(),
        described={"ResourceConfig": resources, "EnableManagedSpotTraining": True},
    )


NEVER = Job(
    step="evaluate", name="pushtrain-churn-evaluate-r1-0", kind=job_kinds.PROCESSING, status="NotCreated", seconds=0.0
)
STORY = Run(
    model="churn",
    run="r1",
    status="FAILED",
    started=NOW.timestamp(),
    seconds=5405.0,
    outcome="failed",
    definition_version=4,
    redrives=2,
    jobs=(job("train", 0, "Failed"), job("train", 1, InstanceCount=2), NEVER),
    error=Failure(step="evaluate", reason="ml.g5.96xlarge: no such type"),
    input={
        "pushed_by": "mina@example.org",
        "revision": "abcdef0123456789",
        "environment": "dev",
        "git": {"commit": "c" * 40, "dirty": True},
    },
)


@pytest.fixture
def shows(types: Types, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str, str]]:
    def shows(
        run: Run,
        cost: Money | None,
        *words: str,
        explanations: tuple[StepExplanation, ...] = (),
        searches: tuple[ReusedSearch, ...] = (),
    ) -> tuple[int, str, str]:
        monkeypatch.setattr(runs_show, "find_run", lambda *_: run)
        monkeypatch.setattr(runs_show, "compute_run_cost", lambda *_: cost)
        monkeypatch.setattr(runs_show, "explain", lambda *_: explanations)
        monkeypatch.setattr(runs_show, "read_run_origin", lambda *_: None)
        monkeypatch.setattr(runs_show, "read_searches", lambda *_: searches)
        monkeypatch.setattr(runs_show, "find_program", lambda: "pushtrain")
        return types("runs", "show", "r1", *words)

    return shows


def test_the_whole_story_of_a_run(shows: Callable[..., tuple[int, str, str]]) -> None:
    code, out, _ = shows(STORY, Money(amount=Decimal("1.24"), currency="USD"))
    assert code == 0
    assert out == (
        "churn · run r1 · FAILED\n"
        "  pushed      revision abcdef012345 · environment dev\n"
        "  commit      cccccccccccc and changes\n"
        "  by          mina@example.org\n"
        "  started     2026-11-21 07:00 UTC · 1:30:05\n"
        "  definition  version 4 · redriven 2 times\n"
        "  train       Failed        90.0 s  ml.g5.xlarge · spot\n"
        "              pushtrain-churn-train-r1-0\n"
        "  train       Completed     90.0 s  ml.g5.xlarge × 2 · spot · try 2\n"
        "              pushtrain-churn-train-r1-1\n"
        "  evaluate    NotCreated     0.0 s\n"
        "              pushtrain-churn-evaluate-r1-0\n"
        "  cost        1.24 USD for instances, without disks, storage and taxes\n"
        "  evaluate failed: ml.g5.96xlarge: no such type\n"
        "  failed\n"
    )


def test_a_cost_that_is_not_known_says_so_and_one_that_grows_too(shows: Callable[..., tuple[int, str, str]]) -> None:
    unknown = "unknown: `pushtrain prices list --environment dev` shows what has a price"
    assert f"  cost        {unknown}\n" in shows(STORY, None)[1]
    going = replace(STORY, status="RUNNING", outcome="", error=None)
    assert "  cost        2 USD so far for" in shows(going, Money(amount=Decimal(2), currency="USD"))[1]


def test_a_run_that_was_started_by_hand_may_have_been_told_anything(
    shows: Callable[..., tuple[int, str, str]],
) -> None:
    bare = replace(STORY, input={"git": "none"}, definition_version=None, redrives=0, jobs=(), error=None)
    code, out, _ = shows(bare, None)
    assert code == 0
    assert out.splitlines()[1:] == [
        "  pushed      revision unknown",
        "  started     2026-11-21 07:00 UTC · 1:30:05",
        "  definition  of no version",
        "  no job",
        "  failed",
    ]


REUSED = StepExplanation(step="split", reason="", run="r0", ended="2026-11-21T07:00:00.000+00:00", job="job-1")
TRAINED = StepExplanation(step="train", reason="net.py changed; its input changed: split", run="r0", ended="", job="")


def test_what_was_reused_is_always_shown_and_why_a_step_ran_on_request(
    shows: Callable[..., tuple[int, str, str]],
) -> None:
    def list_lines(*words: str, run: Run = STORY) -> list[str]:
        out = shows(run, None, *words, explanations=(REUSED, TRAINED))[1]
        return [line for line in out.splitlines() if " reused  " in line or " runs  " in line or "its input" in line]

    assert list_lines() == []  # the input of the run's execution has no job that is reused
    (reused,) = list_lines(run=replace(STORY, input={**STORY.input, "reuse": {"split": {"name": "job-1"}}}))[:1]
    assert reused.startswith("  split       reused  from run r0, ")
    assert list_lines("--why")[1:] == [
        "  train       runs    net.py changed",
        "                      its input changed: split",
    ]
    document = json.loads(shows(STORY, None, "--json", explanations=(REUSED, TRAINED))[1])
    assert document["reuse"][0] == {"step": "split", "reason": "", "run": "r0", "ended": REUSED.ended, "job": "job-1"}


def test_the_story_as_json(shows: Callable[..., tuple[int, str, str]]) -> None:
    document = json.loads(shows(STORY, Money(amount=Decimal("1.24"), currency="USD"), "--json")[1])
    assert document["cost"] == {"amount": "1.24", "currency": "USD"}
    assert (document["definition_version"], document["redrives"], document["seconds"]) == (4, 2, 5405.0)
    assert [(job["attempt"], job["instance"], job["instances"], job["spot"]) for job in document["jobs"]] == [
        (1, "ml.g5.xlarge", 1, True),
        (2, "ml.g5.xlarge", 2, True),
        (1, None, None, False),
    ]
    assert document["jobs"][2]["started"] is None
