"""S3 and Step Functions with some runs. Requests are counted by operation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from pushtrain.layout import build_countdown, build_start_key

ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:pushtrain-"


class ListedRun(NamedTuple):
    """One run. It has noted its start, and its execution has begun, unless it says otherwise."""

    model: str
    run: str
    started: datetime
    status: str = "SUCCEEDED"
    has_start: bool = True
    has_begun: bool = True

    @property
    def execution(self) -> dict[str, Any]:
        arn = f"{ARN}{self.model}:{self.run}".replace(":stateMachine:", ":execution:")
        return {"executionArn": arn, "name": self.run, "status": self.status, "startDate": self.started}


class RunClients:
    """Both clients at once. `denied` are the models whose runs Step Functions denies."""

    class exceptions:  # noqa: N801 - as boto3 calls it
        class StateMachineDoesNotExist(Exception):
            pass

        class ExecutionDoesNotExist(Exception):
            pass

    def __init__(self, runs: tuple[ListedRun, ...], denied: tuple[str, ...]) -> None:
        self.runs, self.denied = runs, denied
        self.requests: Counter[str] = Counter()

    def get_paginator(self, operation: str) -> Any:
        return type("Paginator", (), {"paginate": staticmethod(getattr(self, operation))})

    def list_objects_v2(self, Prefix: str, **_: Any) -> Iterator[dict[str, Any]]:  # noqa: N803
        self.requests["ListObjectsV2"] += 1
        keys = [
            build_start_key(build_countdown(run.started.timestamp()), run.run, run.model)
            for run in self.runs
            if run.has_start
        ]
        yield {"Contents": [{"Key": key} for key in sorted([*keys, f"{Prefix}no-start"])]}

    def list_state_machines(self, **_: Any) -> Iterator[dict[str, Any]]:
        self.requests["ListStateMachines"] += 1
        names = sorted({f"pushtrain-{run.model}" for run in self.runs})
        yield {"stateMachines": [{"name": name, "stateMachineArn": f"{ARN}{name[10:]}"} for name in names]}

    def list_executions(self, stateMachineArn: str, **_: Any) -> Iterator[dict[str, Any]]:  # noqa: N803
        self.requests["ListExecutions"] += 1
        model = stateMachineArn.removeprefix(ARN)
        self._check(model, "ListExecutions")
        yield {"executions": [run.execution for run in self.runs if run.model == model and run.has_begun]}

    def describe_execution(self, executionArn: str) -> dict[str, Any]:  # noqa: N803
        self.requests["DescribeExecution"] += 1
        run = next(run for run in self.runs if run.execution["executionArn"] == executionArn)
        self._check(run.model, "DescribeExecution")
        if not run.has_begun:
            raise self.exceptions.ExecutionDoesNotExist
        return {**run.execution, "output": '{"outcome": "registered"}'}

    def _check(self, model: str, operation: str) -> None:
        if model in self.denied:
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, operation)
