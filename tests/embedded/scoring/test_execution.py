"""A file goes to AWS, is answered there, and comes back; or a message says why not."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from pushtrain.aws import client
from pushtrain.config.values.money import Money
from pushtrain.cost import CostEstimate
from pushtrain.errors import ScoreFailed, UsageError
from pushtrain.scoring import ScorePlan, StartedScore, execution, start_score, stop_score, wait_for_score
from pushtrain.teams import ONLY_TEAM
from tests.embedded.registered import PLATFORM
from tests.embedded.scoring.approved import approved

PLAN = ScorePlan(
    model="churn",
    version=1,
    instance="ml.m5.large",
    seconds=600,
    strategy="MultiRecord",
    content_type="text/csv",
    accept="text/csv",
    estimate=CostEstimate(lines=(), known_total=Money(amount=Decimal(0), currency="USD"), as_of=None),
)


def write(folder: Path, text: str) -> Path:
    file = folder / "행.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_only_rows_are_uploaded(tmp_path: Path) -> None:
    with approved(tmp_path):
        started = start_score(PLATFORM, PLAN, write(tmp_path, "이름\r\n가\r\n\r\n나\n"), has_header=True)
        stop_score(PLATFORM, started)
        rows = client("s3").get_object(
            Bucket=PLATFORM.artifact_bucket, Key=f".scores/requests/churn/{started.arn.rpartition(':')[2]}"
        )["Body"]
        assert rows.read().decode() == "가\n나\n"
        assert (started.rows, started.job) == (2, f"pushtrain--score-{started.arn.rpartition(':')[2]}")


def test_a_stopped_job_says_so(tmp_path: Path) -> None:
    with approved(tmp_path):
        started = start_score(PLATFORM, PLAN, write(tmp_path, "1\n"))
        stop_score(PLATFORM, started)
        message = f"{started.job} did not answer: stopped with Ctrl-C in pushtrain models score"
        with pytest.raises(ScoreFailed, match=f"^{message}$"):
            wait_for_score(PLATFORM, started, sleep=lambda _: None)


def test_the_error_of_the_model_is_shown(tmp_path: Path) -> None:
    with approved(tmp_path, code="def model_fn(folder):\n    raise ValueError('이 모델은 없음')\n"):
        started = start_score(PLATFORM, PLAN, write(tmp_path, "1\n"))
        with pytest.raises(ScoreFailed, match=f"^{started.job} did not answer: AlgorithmError: .*이 모델은 없음"):
            wait_for_score(PLATFORM, started, sleep=lambda _: None)


def test_an_error_that_is_only_in_the_log_is_shown_with_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ["Traceback (most recent call last):", '  File "inference.py", line 3', "KeyError: '나이'"]
    monkeypatch.setattr("pushtrain.scoring.execution.read_last_lines", lambda *_: lines)
    reason = "ClientError: See job logs for more information"
    ended = {"status": "FAILED", "error": "States.TaskFailed", "cause": json.dumps({"FailureReason": reason})}
    started = StartedScore(plan=PLAN, rows=1, arn="arn", job="pushtrain--score-one", answers="")
    log = "(log group /aws/sagemaker/TransformJobs, streams pushtrain--score-one/…)"
    assert execution._explain(PLATFORM, started, ended) == f"KeyError: '나이' {log}"
    monkeypatch.setattr("pushtrain.scoring.execution.read_last_lines", lambda *_: [])
    assert execution._explain(PLATFORM, started, ended) == f"{reason} {log}"
    refused = {"status": "FAILED", "error": "NotApproved", "cause": "churn version 1 is Rejected, not Approved"}
    assert execution._explain(PLATFORM, started, refused) == "NotApproved: churn version 1 is Rejected, not Approved"


def test_an_older_platform_is_named(tmp_path: Path) -> None:
    with approved(tmp_path):
        client("stepfunctions").delete_state_machine(stateMachineArn=PLATFORM.build_score_arn(ONLY_TEAM))
        message = "this platform has no state machine pushtrain_score. Deploy it again with this version of pushtrain"
        with pytest.raises(UsageError, match=f"^{message}$"):
            start_score(PLATFORM, PLAN, write(tmp_path, "1\n"))


def test_a_file_without_rows_starts_nothing(tmp_path: Path) -> None:
    with approved(tmp_path):
        with pytest.raises(UsageError, match=r"has no rows$"):
            start_score(PLATFORM, PLAN, write(tmp_path, "이름\n"), has_header=True)
        listing = client("s3").list_objects_v2(Bucket=PLATFORM.artifact_bucket, Prefix=".scores/")
        assert listing["KeyCount"] == 0
