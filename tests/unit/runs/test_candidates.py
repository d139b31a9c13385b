"""The candidates of a run, from its input, its history, its jobs and its verdict."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from pushtrain.catalog.job_kinds import TRAINING
from pushtrain.config import Condition
from pushtrain.decide import CandidateResult
from pushtrain.runs import Job
from pushtrain.runs.candidates import list_candidates
from pushtrain.runs.failure import explain_failure
from tests.sample_verdict import build_verdict

INPUT = {"candidates": [{"name": name, "steps": [f"{name}-train"]} for name in ("base", "boost")]}
CAUSE = "AlgorithmError: ExecuteUserScriptError:"
JOBS = (
    Job(step="base-train", name="b", kind=TRAINING, status="Completed", seconds=5.0, started=100.0),
    Job(step="boost-train", name="c", kind=TRAINING, status="Failed", seconds=2.0, started=101.0, reason=CAUSE),
)


def build_events(*names: str) -> list[dict[str, Any]]:
    """Return a history in which these candidates failed."""
    error = json.dumps({"Error": "States.TaskFailed", "Cause": "no reason"})
    return [
        {
            "id": number,
            "previousEventId": number - 1,
            "type": "PassStateEntered",
            "stateEnteredEventDetails": {"name": f"candidate {name} failed", "input": error},
        }
        for number, name in enumerate(names, 1)
    ]


def test_a_candidate_that_failed_has_the_error_of_its_script() -> None:
    results = (CandidateResult(name="base", rank=1, value=0.9, metrics={"auc": 0.9}), CandidateResult(name="boost"))
    verdict = msgspec.structs.replace(build_verdict({"auc": 0.9}, Condition(metric="auc", above=0)), candidates=results)
    base, boost = list_candidates(INPUT, build_events("boost"), JOBS, verdict, lambda _: ["ValueError: no luck"])
    assert (base.name, base.rank, base.value, base.reason, base.seconds) == ("base", 1, 0.9, "", 5.0)
    assert base.metrics == {"auc": 0.9}
    assert (boost.rank, boost.reason, boost.seconds) == (None, "boost-train: ValueError: no luck", 2.0)
    assert [job.name for job in boost.select_jobs(JOBS)] == ["c"]


def test_a_candidate_that_could_not_be_judged_has_the_reason_of_the_verdict() -> None:
    results = (CandidateResult(name="boost", reason="wrote no evaluation.json"), CandidateResult(name="base", rank=1))
    verdict = msgspec.structs.replace(build_verdict({}), candidates=results)
    candidates = list_candidates(INPUT, [], (), verdict)
    assert [(candidate.name, candidate.reason) for candidate in candidates] == [
        ("base", ""),
        ("boost", "wrote no evaluation.json"),
    ]


def test_a_run_whose_candidates_all_failed_names_each_reason() -> None:
    events = build_events("base", "boost")
    last = {
        "id": 3,
        "previousEventId": 2,
        "type": "FailStateEntered",
        "stateEnteredEventDetails": {"name": "no candidate left", "input": "{}"},
    }
    failed = {"id": 4, "previousEventId": 3, "type": "ExecutionFailed", "executionFailedEventDetails": {}}
    candidates = list_candidates(INPUT, events, (), None)
    failure = explain_failure({"status": "FAILED"}, [*events, last, failed], (), candidates=candidates)
    assert failure is not None
    assert (failure.step, failure.reason) == (
        "candidates",
        "every candidate failed. base: no reason; boost: no reason",
    )


def test_a_run_without_candidates_has_none() -> None:
    assert list_candidates({}, [], JOBS, None) == ()
