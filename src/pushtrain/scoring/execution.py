"""Upload rows, start the execution that lets a model answer them, and wait for its end.

In: a ScorePlan and a file of rows. Out: a StartedScore. Calls S3 and Step Functions.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from msgspec import Struct

from pushtrain import aws
from pushtrain.catalog.job_kinds import TRANSFORM
from pushtrain.errors import ScoreFailed, UsageError
from pushtrain.layout import build_score_answers_prefix, build_score_rows_key
from pushtrain.local.inference.request_rows import read_requests
from pushtrain.platform import Platform
from pushtrain.runs.failure import SEE_LOGS
from pushtrain.runs.logs import read_last_lines
from pushtrain.runs.model import Job
from pushtrain.runs.real_error import find_script_error
from pushtrain.scoring.plan import ScorePlan
from pushtrain.workflow.scoring import ONE_BY_ONE, WHOLE, build_score_input

FIRST_PAUSE, LONGEST_PAUSE, GROWTH = 2.0, 20.0, 1.5  # seconds; an instance needs minutes to start
ID_LENGTH = 16
JOB_FAILED = "States.TaskFailed"
CAUSE = "stopped with Ctrl-C in pushtrain models score"
Sleep = Callable[[float], None]


class StartedScore(Struct, frozen=True, kw_only=True):
    """An execution that lets a model answer `rows` rows. `answers` is the prefix of the answers in the artifact bucket.

    `job` is the name of its transform job.
    """

    plan: ScorePlan
    rows: int
    arn: str
    job: str
    answers: str


def start_score(platform: Platform, plan: ScorePlan, file: Path, *, has_header: bool = False) -> StartedScore:
    """Upload the rows of `file` and start the job. With `has_header`, the first line is not sent.

    Empty lines are left out. Raises UsageError if the file has no rows, or if the platform was deployed by a pushtrain
    that did not have this state machine.
    """
    team, score = platform.find_team(plan.model), uuid4().hex[:ID_LENGTH]
    with tempfile.TemporaryDirectory() as folder:
        upload = Path(folder) / score
        rows = _write_rows(file, upload, plan, has_header=has_header)
        key = build_score_rows_key(plan.model, score)
        aws.client("s3", platform.region).upload_file(str(upload), platform.artifact_bucket, key)
    states, state_machine = aws.client("stepfunctions", platform.region), platform.build_score_arn(team)
    try:
        started = states.start_execution(
            stateMachineArn=state_machine, name=score, input=json.dumps(_build_input(plan))
        )
    except states.exceptions.StateMachineDoesNotExist as error:
        raise UsageError(
            f"this platform has no state machine {platform.build_score_name(team)}. Deploy it again with this version "
            "of pushtrain"
        ) from error
    return StartedScore(
        plan=plan,
        rows=rows,
        arn=started["executionArn"],
        job=f"{platform.build_score_stem(team)}-{score}",
        answers=build_score_answers_prefix(plan.model, score),
    )


def wait_for_score(platform: Platform, started: StartedScore, *, sleep: Sleep = time.sleep) -> None:
    """Wait until the execution has ended. Raises ScoreFailed with the reason if the model did not answer."""
    states, pause = aws.client("stepfunctions", platform.region), FIRST_PAUSE
    while (described := states.describe_execution(executionArn=started.arn))["status"] == "RUNNING":
        sleep(pause)
        pause = min(pause * GROWTH, LONGEST_PAUSE)
    if described["status"] != "SUCCEEDED":
        raise ScoreFailed(f"{started.job} did not answer: {_explain(platform, started, described)}")


def stop_score(platform: Platform, started: StartedScore) -> None:
    """Stop the execution and its job. The handler of ended runs deletes its model."""
    aws.client("stepfunctions", platform.region).stop_execution(executionArn=started.arn, cause=CAUSE)


def _write_rows(file: Path, upload: Path, plan: ScorePlan, *, has_header: bool) -> int:
    """Write the rows as SageMaker is to split them, and return their number."""
    one_by_one = plan.strategy == ONE_BY_ONE
    whole = plan.strategy == WHOLE
    rows = 0
    with upload.open("wb") as target:
        for request in read_requests(
            file, plan.content_type, has_header=has_header, one_by_one=one_by_one, whole=whole
        ):
            target.write(request.body if whole else request.body + b"\n")
            rows += request.rows
    return rows


def _build_input(plan: ScorePlan) -> dict[str, Any]:
    return build_score_input(
        model=plan.model,
        version=plan.version,
        instance=plan.instance,
        seconds=plan.seconds,
        strategy=plan.strategy,
        content_type=plan.content_type,
        accept=plan.accept,
    )


def _explain(platform: Platform, started: StartedScore, described: dict[str, Any]) -> str:
    """Return the reason of the end. The cause of a failed job is the document of DescribeTransformJob."""
    cause, error = described.get("cause") or described["status"].lower(), described.get("error", "")
    if error != JOB_FAILED:
        return f"{error}: {cause}" if error else str(cause)
    reason = _read_failure_reason(cause)
    if SEE_LOGS not in reason:
        return reason
    job = Job(step="score", name=started.job, kind=TRANSFORM, status="Failed", seconds=0.0)
    script_error = find_script_error("", read_last_lines(platform, job))
    return f"{script_error or reason} (log group {TRANSFORM.log_group}, streams {started.job}/…)"


def _read_failure_reason(cause: str) -> str:
    """Return FailureReason of the document, or the whole cause if it is none."""
    with suppress(ValueError):
        job = json.loads(cause)
        return str(job.get("FailureReason", cause)) if isinstance(job, dict) else cause
    return cause
