"""Models of serving tests that a stopped run left."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pushtrain import aws
from pushtrain.platform import Platform
from pushtrain.runs import delete_left_models
from pushtrain.runs.history import History
from pushtrain.runs.model import Run


def schedule(number: int, action: str, name: str, *, succeeds: bool) -> list[dict[str, Any]]:
    """Return the events of one Task of the execution."""
    parameters = json.dumps({"ModelName": name})
    details = {"resource": action, "resourceType": "sagemaker", "parameters": parameters}
    scheduled = {"id": number, "type": "TaskScheduled", "previousEventId": 0, "taskScheduledEventDetails": details}
    ended = {"id": number + 1, "previousEventId": number, "type": "TaskSucceeded" if succeeds else "TaskFailed"}
    member = "taskSucceededEventDetails" if succeeds else "taskFailedEventDetails"
    return [scheduled, {**ended, member: {"resource": action}}]


def test_a_model_stays_if_it_was_not_deleted() -> None:
    created = [*schedule(1, "createModel", "a", succeeds=True), *schedule(3, "createModel", "b", succeeds=True)]
    deleted, refused = (
        schedule(5, "deleteModel", "a", succeeds=True),
        schedule(7, "deleteModel", "b", succeeds=False),
    )
    assert History(created).list_left_models() == ("a", "b")
    assert History([*created, *deleted, *refused]).list_left_models() == ("b",)


class SageMaker:
    """Deletes the model `there`; `code` is the error for all others."""

    def __init__(self, code: str) -> None:
        self.code = code

    def delete_model(self, *, ModelName: str) -> None:  # noqa: N803 - a name of the API
        if ModelName != "there":
            raise ClientError({"Error": {"Code": self.code, "Message": "Could not find model"}}, "DeleteModel")


def test_what_is_left_is_deleted_and_what_is_gone_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    members = {"model": "churn", "run": "r1", "status": "ABORTED", "started": 0.0, "seconds": 0.0, "outcome": "failed"}
    run = Run(**members, left_models=("gone", "there"))  # type: ignore[arg-type]
    monkeypatch.setattr(aws, "client", lambda *_: SageMaker("ValidationException"))
    assert delete_left_models(Platform.local(), run) == ("there",)
    monkeypatch.setattr(aws, "client", lambda *_: SageMaker("AccessDeniedException"))
    with pytest.raises(ClientError):
        delete_left_models(Platform.local(), run)
