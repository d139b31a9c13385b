"""Read Step Functions' EventBridge event about a run that has ended. Pure.

Source: EventBridge events of Step Functions, "Step Functions Execution Status Change".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from pushtrain.platform import Platform
from pushtrain.runs import FAILED_STATUSES

SOURCE = "aws.states"
DETAIL_TYPE = "Step Functions Execution Status Change"
SUCCEEDED = "SUCCEEDED"
ENDED_STATUSES = (SUCCEEDED, *sorted(FAILED_STATUSES))

# The rule that starts `on_run_end`. The deployment adds the ARNs of the platform's state machines.
EVENT_PATTERN: Mapping[str, Any] = {
    "source": [SOURCE],
    "detail-type": [DETAIL_TYPE],
    "detail": {"status": list(ENDED_STATUSES)},
}


class EndEvent(Struct, frozen=True, kw_only=True):
    """The event that a run has ended with `status`.

    `redrives` is how often the run had been redriven by then; None if the event does not say it.
    """

    model: str
    run: str
    status: str
    redrives: int | None


def read_score_model(event: Mapping[str, Any], platform: Platform) -> str:
    """Return the name of the SageMaker model of an execution in which an approved model answered a file.

    Empty for other events. The ARN of such an execution is `arn:…:execution:<prefix>_score:<name>`.
    """
    if not _is_end(event):
        return ""
    _, _, state_machine, name = event["detail"]["executionArn"].rsplit(":", 3)
    team = platform.find_score_team(state_machine)
    return f"{platform.build_score_stem(team)}-{name}" if team else ""


def read_event(event: Mapping[str, Any], platform: Platform) -> EndEvent | None:
    """Return the end of an execution of this platform; None for other events.

    The ARN of an execution is `arn:…:execution:<prefix>-<model>:<run>`.
    """
    detail = event["detail"]
    if not _is_end(event):
        return None
    _, _, state_machine, run = detail["executionArn"].rsplit(":", 3)
    prefix = f"{platform.prefix}-"
    if not state_machine.startswith(prefix):
        return None
    model = state_machine.removeprefix(prefix)
    return EndEvent(model=model, run=run, status=detail["status"], redrives=detail.get("redriveCount"))


def _is_end(event: Mapping[str, Any]) -> bool:
    """Return True if the event says that an execution has ended."""
    is_status = (event["source"], event["detail-type"]) == (SOURCE, DETAIL_TYPE)
    return is_status and event["detail"]["status"] in ENDED_STATUSES
