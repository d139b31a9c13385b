"""Histories of executions in the shape of GetExecutionHistory, written as text: one event a line.

`7 <- 5 TaskStateEntered embed` is event 7, after event 5; `TaskStateEntered embed = {"a": 1}` has that input.
`TaskScheduled training j-embed` schedules a training job; `ExecutionFailed States.Timeout` has that error.
PARALLEL_REDRIVEN was recorded from AWS (with activities, here with jobs): three branches, of which one succeeded, one
failed and one was stopped; then a redrive.
"""

from __future__ import annotations

import json
from typing import Any

from pushtrain.catalog.job_kinds import BY_NAME

PARALLEL_FAILED = """
1 <- 0 ExecutionStarted
2 <- 0 PassStateEntered start
3 <- 2 PassStateExited start
4 <- 3 ParallelStateEntered clean and embed
5 <- 4 ParallelStateStarted
6 <- 5 TaskStateEntered clean
7 <- 6 TaskScheduled processing j-clean
8 <- 5 TaskStateEntered embed
9 <- 8 TaskScheduled training j-embed
10 <- 5 TaskStateEntered split
11 <- 10 TaskScheduled processing j-split
12 <- 7 TaskSubmitted
13 <- 9 TaskSubmitted
14 <- 11 TaskSubmitted
15 <- 12 TaskSucceeded
16 <- 15 TaskStateExited clean
17 <- 13 TaskFailed
18 <- 17 TaskStateAborted
19 <- 17 TaskStateAborted
20 <- 17 ParallelStateFailed
21 <- 20 ExecutionFailed
"""

PARALLEL_REDRIVEN = f"""{PARALLEL_FAILED}
22 <- 21 ExecutionRedriven
23 <- 8 TaskScheduled training j-embed-1
24 <- 10 TaskScheduled processing j-split-1
25 <- 24 TaskSubmitted
26 <- 25 TaskSucceeded
27 <- 26 TaskStateExited split
28 <- 23 TaskSubmitted
"""


def parse_events(text: str) -> list[dict[str, Any]]:
    """Return the events of a history that is written as text."""
    return [_parse_event(line) for line in text.strip().splitlines() if line.strip()]


def _parse_event(line: str) -> dict[str, Any]:
    number, _, previous, kind, *words = line.split(maxsplit=4)
    event = {"id": int(number), "previousEventId": int(previous), "type": kind}
    if kind.endswith(("StateEntered", "StateExited")):
        side = "Entered" if kind.endswith("Entered") else "Exited"
        name, _, document = words[0].partition(" = ")
        event[f"state{side}EventDetails"] = {"name": name, "input" if side == "Entered" else "output": document or "{}"}
    if kind == "ExecutionFailed":
        event["executionFailedEventDetails"] = {"error": words[0] if words else "States.TaskFailed"}
    if kind == "TaskScheduled":
        job_kind, name = words[0].split()
        row = BY_NAME[job_kind]
        resource = {"resourceType": "sagemaker", "resource": f"{row.build_operation('create')}.sync"}
        parameters = json.dumps({row.name_member: name})
        event["taskScheduledEventDetails"] = {**resource, "region": "us-east-1", "parameters": parameters}
    return event
