"""A run as people and programs read it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pushtrain.catalog import job_kinds
from pushtrain.cli.terminal import run_text
from pushtrain.cli.terminal.run_text import (
    build_run_document,
    format_end,
    format_failure,
    format_outcome,
    format_run_end,
    format_same,
    list_logs,
)
from pushtrain.config import Condition
from pushtrain.decide.verdict import ChampionResult, Comparison, judge
from pushtrain.record import SameRun
from pushtrain.runs import Failure, Job, Run, RunCandidate
from tests.sample_serving import SERVING
from tests.sample_verdict import build_verdict

JOB = Job(step="train", name="j1", kind=job_kinds.TRAINING, status="Completed", seconds=9.0)
RUN = Run(
    model="churn",
    run="r1",
    status="SUCCEEDED",
    started=0.0,
    seconds=12.0,
    outcome="registered",
    model_version=3,
    jobs=(JOB,),
    metrics={"auc": 0.9},
)


@pytest.mark.parametrize(
    ("run", "end", "outcome"),
    [
        (RUN, "registered as version 3", "registered 3"),
        (
            replace(RUN, outcome="not_registered", reason="auc is 0.8000"),
            "not registered: auc is 0.8000",
            "not registered",
        ),
        (replace(RUN, status="FAILED", outcome="failed"), "failed", "failed"),
        (replace(RUN, status="ABORTED", outcome="failed"), "aborted", "stopped"),
        (replace(RUN, status="PENDING_REDRIVE", outcome=""), "pending_redrive", "pending redrive"),
    ],
)
def test_the_end_of_a_run_in_a_line_and_in_a_table(run: Run, end: str, outcome: str) -> None:
    assert (format_end(run), format_outcome(run)) == (end, outcome)


def test_a_run_that_a_push_only_repeats() -> None:
    assert format_same(RUN) == "same as run r1, version 3"
    assert format_same(SameRun(run="r1", outcome="not_registered", model_version=None)) == (
        "same as run r1, not registered"
    )


def test_the_json_of_a_run() -> None:
    failed = replace(RUN, outcome="", model_version=None, error=Failure(step="train", reason="why", log="group:s/"))
    assert build_run_document(failed) == {
        "run": "r1",
        "status": "SUCCEEDED",
        "outcome": None,
        "model_version": None,
        "metrics": {"auc": 0.9},
        "jobs": [{"step": "train", "name": "j1", "status": "Completed", "seconds": 9.0}],
        "error": {"step": "train", "reason": "why", "log": "group:s/"},
    }


def test_the_json_of_a_gate_that_is_not_met_says_by_how_much() -> None:
    champion = ChampionResult(status="compared", version=2)
    conditions = judge(
        [Condition(metric="auc", at_least="champion + 0.002")],
        {"auc": 0.9},
        {},
        Comparison(champion=champion, values={"auc": 0.93}),
    )
    verdict = replace(build_verdict({"auc": 0.9}), conditions=conditions, champion=champion, passed=False, reason="no")
    document = build_run_document(replace(RUN, outcome="not_registered", reason="gate not met", verdict=verdict))
    assert document["reason"] == "gate not met"
    assert (document["verdict"]["passed"], document["verdict"]["champion"]["version"]) == (False, 2)
    (condition,) = document["verdict"]["conditions"]
    assert (condition["bound"], condition["champion"], condition["difference"]) == (0.932, 0.93, -0.03)


def test_the_end_of_a_run_has_its_candidates_and_names_their_reasons_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_text, "find_advice", lambda reason: "")
    candidate = RunCandidate(name="base", steps=("base-train",), reason="base-train: ValueError: no", seconds=1.0)
    error = Failure(step="candidates", reason="every candidate failed. base: base-train: ValueError: no")
    failed = replace(RUN, outcome="failed", status="FAILED", candidates=(candidate,), error=error)
    assert format_run_end(failed, " --local") == [
        "candidates",
        "  –  base    1.0 s  failed: base-train: ValueError: no",
        "candidates failed: every candidate failed",
        "failed",
    ]
    assert format_run_end(RUN, "") == ["registered as version 3"]


@pytest.mark.parametrize(("status", "step"), [("failed", "champion"), ("failed", "champion-base"), ("compared", None)])
def test_what_a_run_goes_on_without_has_the_command_for_its_log(
    status: str, step: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_text, "find_program", lambda: "pushtrain")
    candidates = (
        RunCandidate(name="base", steps=("base-train",), rank=1),
        RunCandidate(name="broken", steps=("broken-train",), reason="broken-train: ValueError: no luck"),
        RunCandidate(name="late", steps=("late-train",), reason="no instance"),
    )
    champion = ChampionResult(status=status, version=2, reason="it cannot be loaded")
    failed = [replace(JOB, step=name, status="Failed") for name in ("broken-train", step or "champion")]
    run = replace(
        RUN,
        candidates=candidates,
        jobs=(replace(JOB, step="base-train"), *failed),
        verdict=replace(build_verdict({"auc": 0.9}), champion=champion),
    )
    broken = "log of broken: pushtrain runs logs r1 --step broken-train --local"
    logs = [f"log of the champion: pushtrain runs logs r1 --step {step} --local"] if step else []
    assert list_logs(run, " --local") == [broken, *logs]


def test_the_json_of_a_run_has_its_serving_test() -> None:
    tested = replace(RUN, verdict=replace(build_verdict({}), serving=SERVING))
    serving = build_run_document(tested)["verdict"]["serving"]
    assert (serving["outcome"], serving["rows"]) == ("passed", 5)
    (comparison,) = serving["comparisons"]
    assert (comparison["different"], comparison["first"]["row"], comparison["first"]["evaluation"]) == (3, 2, "0.913")


def test_a_failure_names_reason_log_and_what_to_try(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_text, "find_program", lambda: "pushtrain")
    monkeypatch.setattr(run_text, "find_advice", lambda reason: "a larger `volume`" if "space" in reason else "")
    error = Failure(step="train", reason="no space left", log="/aws/sagemaker/TrainingJobs:j1/")
    assert format_failure(replace(RUN, error=error), " --environment dev") == [
        "train failed: no space left",
        "log  /aws/sagemaker/TrainingJobs:j1/: pushtrain runs logs r1 --step train --environment dev",
        "try  a larger `volume`",
    ]
    bare = replace(RUN, error=Failure(step="gate", reason="no metric"))
    assert format_failure(bare, " --local") == ["gate failed: no metric"]
