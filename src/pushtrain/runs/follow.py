"""Wait until the runs of pushes have ended, by asking AWS repeatedly. Starts and stops nothing.

A push that started no run, because it would only repeat an earlier one, has the earlier run as its outcome.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from msgspec import Struct

from pushtrain import aws
from pushtrain.config.values.units import format_duration
from pushtrain.errors import Problem, RunNotEnded, RunNotFound, RunNotStarted
from pushtrain.launch.refusal import Refused
from pushtrain.launch.state_machine import build_execution_arn
from pushtrain.layout import build_problems_key
from pushtrain.platform import Platform
from pushtrain.pushes.event import Push
from pushtrain.pushes.revision import object_exists
from pushtrain.runs import Run, find_recorded_run, read_run, read_run_record
from pushtrain.workflow.names import build_run_id

START_SECONDS = 1800  # pushes wait for their turn: 1,000 new models at once take 17 minutes
FIRST_PAUSE, LONGEST_PAUSE, GROWTH = 2.0, 30.0, 1.5

Sleep = Callable[[float], None]
PushOutcome = Run | Refused


class WaitLimits(Struct, frozen=True, kw_only=True):
    """How long to wait, in seconds: for a run to start, and for all runs to end (0: without limit)."""

    start: float = START_SECONDS
    end: float = 0.0


def follow(
    pushes: Sequence[Push], platform: Platform, limits: WaitLimits, *, sleep: Sleep = time.sleep
) -> Iterator[tuple[Push, PushOutcome]]:
    """Yield each push with its ended run, or with the reason why it was refused, as soon as it is known.

    The run has another id than the push if the push only repeats it, so that nothing was started.

    Raises RunNotStarted or RunNotEnded if a limit is reached first; the runs themselves go on.
    """
    seconds_waited, pause = 0.0, FIRST_PAUSE
    waiting = list(pushes)
    started: set[Push] = set()
    while True:
        for push in tuple(waiting):
            status, push_outcome = _find_outcome(push, platform)
            if status:
                started.add(push)
            if push_outcome:
                waiting.remove(push)
                yield push, push_outcome
        if not waiting:
            return
        _check_limits(waiting, started, seconds_waited, limits, platform)
        sleep(pause)
        seconds_waited, pause = seconds_waited + pause, min(pause * GROWTH, LONGEST_PAUSE)


def _find_outcome(push: Push, platform: Platform) -> tuple[str, PushOutcome | None]:
    """Return the status of the push's run (empty before it starts), and its outcome if it has ended."""
    states = aws.client("stepfunctions", platform.region)
    run = build_run_id(push.revision, push.version)
    try:
        status: str = states.describe_execution(executionArn=build_execution_arn(platform, push.model, run))["status"]
    except states.exceptions.ExecutionDoesNotExist:
        return "", find_refusal(push, platform) or find_same_run(push, platform)
    return status, None if status in {"RUNNING", "PENDING_REDRIVE"} else read_run(platform, push.model, run)


def find_same_run(push: Push, platform: Platform) -> Run | None:
    """Return the earlier run because of which a push started none; None if its record does not say so."""
    record = read_run_record(platform, push.model, push.run)
    if record is None or record.same_as is None:
        return None
    try:
        return read_run(platform, push.model, record.same_as.run)
    except RunNotFound:  # Step Functions keeps a run for 90 days
        recorded = find_recorded_run(platform, record.same_as.run)
        if recorded is None:
            raise
        return recorded.run


def find_refusal(push: Push, platform: Platform) -> Refused | None:
    """Read problems.json; None if it is missing, or is about an earlier push of the same revision."""
    s3 = aws.client("s3", platform.region)
    key = build_problems_key(push.model, push.revision)
    if not object_exists(s3, platform.artifact_bucket, key):
        return None
    document = json.loads(s3.get_object(Bucket=platform.artifact_bucket, Key=key)["Body"].read())
    if document["version"] != push.version:
        return None
    return Refused(model=push.model, revision=push.revision, problems=tuple(map(_parse_problem, document["problems"])))


def _parse_problem(problem: dict[str, Any]) -> Problem:
    return Problem(message=problem["message"], key=problem["key"], line=problem["line"], file=problem["file"])


def _check_limits(
    waiting: Sequence[Push], started: set[Push], seconds_waited: float, limits: WaitLimits, platform: Platform
) -> None:
    for push in waiting:
        run = build_run_id(push.revision, push.version)
        if push not in started and seconds_waited >= limits.start:
            command = f"pushtrain push-failures list{platform.cli_option}"
            duration = format_duration(int(seconds_waited))
            raise RunNotStarted(
                f"{push.model}: no run {run} {duration} after the push. The push handler failed "
                f"(its operator sees why: {command}), or the run is older than the 90 days that AWS keeps one"
            )
        if limits.end and seconds_waited >= limits.end:
            duration = format_duration(int(seconds_waited))
            raise _build_end_error(push.model, run, duration, platform, started=push in started)


def _build_end_error(
    model: str, run: str, duration: str, platform: Platform, *, started: bool
) -> RunNotStarted | RunNotEnded:
    option = platform.cli_option
    if started:
        return RunNotEnded(
            f"{model}: run {run} has not ended after {duration}. It goes on: pushtrain runs show {run}{option}"
        )
    return RunNotStarted(
        f"{model}: no run {run} yet after {duration}. The push handler may still start it: "
        f"pushtrain runs list{option}. If no run starts, its operator sees why: pushtrain push-failures list{option}"
    )
