"""Pushes -> what became of them, by asking AWS until their runs have ended. Starts and stops nothing."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pushtrain import aws
from pushtrain.config.values.units import format_duration
from pushtrain.errors import Problem, RunFailed
from pushtrain.launch.refusal import Refused, build_problems_key
from pushtrain.launch.state_machine import build_execution_arn
from pushtrain.platform import Platform
from pushtrain.pushes.event import Push
from pushtrain.pushes.revision import object_exists
from pushtrain.runs import Run, read_run
from pushtrain.workflow.names import build_run_id

START_SECONDS = 900  # seconds; Lambda tries an event again after one and two minutes, and a cold start comes on top
FIRST_PAUSE, LONGEST_PAUSE, GROWTH = 2.0, 30.0, 1.5

Sleep = Callable[[float], None]
PushOutcome = Run | Refused


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long to wait, in seconds: for a run to begin, and for all of them to end (0: as long as it takes)."""

    start: float = START_SECONDS
    end: float = 0.0


def follow(
    pushes: Sequence[Push], platform: Platform, patience: Patience, *, sleep: Sleep = time.sleep
) -> Iterator[tuple[Push, PushOutcome]]:
    """Each push with its run once that has ended, or with why it was refused; first come, first served.

    Raises RunFailed when patience ends first; the runs go on.
    """
    waited, pause = 0.0, FIRST_PAUSE
    waiting = list(pushes)
    begun: set[Push] = set()
    while True:
        for push in tuple(waiting):
            status, ended = _look(push, platform)
            if status:
                begun.add(push)
            if ended:
                waiting.remove(push)
                yield push, ended
        if not waiting:
            return
        _check_patience(waiting, begun, waited, patience, platform)
        sleep(pause)
        waited, pause = waited + pause, min(pause * GROWTH, LONGEST_PAUSE)


def _look(push: Push, platform: Platform) -> tuple[str, PushOutcome | None]:
    """Status of the push's run (empty before there is one), and how it ended if it has."""
    states = aws.client("stepfunctions", platform.region)
    run = build_run_id(push.revision, push.version)
    try:
        status: str = states.describe_execution(executionArn=build_execution_arn(platform, push.model, run))["status"]
    except states.exceptions.ExecutionDoesNotExist:
        return "", _refusal(push, platform)
    return status, None if status in {"RUNNING", "PENDING_REDRIVE"} else read_run(platform, push.model, run)


def _refusal(push: Push, platform: Platform) -> Refused | None:
    """problems.json, if it is about this very push: an earlier push of the revision may have left one."""
    s3 = aws.client("s3", platform.region)
    if not object_exists(s3, platform.artifact_bucket, build_problems_key(push)):
        return None
    document = json.loads(s3.get_object(Bucket=platform.artifact_bucket, Key=build_problems_key(push))["Body"].read())
    if document["version"] != push.version:
        return None
    return Refused(model=push.model, revision=push.revision, problems=tuple(map(_problem, document["problems"])))


def _problem(found: dict[str, Any]) -> Problem:
    return Problem(message=found["message"], key=found["key"], line=found["line"], file=found["file"])


def _check_patience(
    waiting: Sequence[Push], begun: set[Push], waited: float, patience: Patience, platform: Platform
) -> None:
    for push in waiting:
        run = build_run_id(push.revision, push.version)
        if push not in begun and waited >= patience.start:
            seen = f"pushtrain push-failures list{platform.cli_option}"
            raise RunFailed(
                f"{push.model}: no run {run} {format_duration(int(waited))} after the push. The push handler failed "
                f"(its operator sees why: {seen}), or the run is older than the 90 days that AWS keeps one"
            )
        if patience.end and waited >= patience.end:
            after = format_duration(int(waited))
            raise RunFailed(f"{push.model}: {_unfinished(run, after, platform, begun=push in begun)}")


def _unfinished(run: str, after: str, platform: Platform, *, begun: bool) -> str:
    if begun:
        return f"run {run} has not ended after {after}. It goes on: pushtrain runs show {run}{platform.cli_option}"
    seen = f"pushtrain push-failures list{platform.cli_option}"
    where = f"pushtrain runs list{platform.cli_option}. Where none begins, its operator sees why: {seen}"
    return f"no run {run} yet after {after}. The push handler may still start it: {where}"
