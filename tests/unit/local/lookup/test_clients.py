"""Clients without boto3: what operations answer, as boto3 gives it; all else goes to boto3."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pushtrain.local.api import ApiError, RequestScope
from pushtrain.local.lookup.clients import LookupClient, NotAnswered, find_exception, parse_times

SCOPE = RequestScope(account="123456789012", region="us-east-1")


def describe_run(request: dict[str, Any], scope: RequestScope) -> dict[str, Any]:
    if request["name"] == "lost":
        raise ApiError("ExecutionDoesNotExist", "there is no such run")
    if request["name"] == "hard":
        raise NotAnswered
    return {"name": request["name"], "startDate": 60.0, "region": scope.region}


def list_runs(request: dict[str, Any], _: RequestScope) -> dict[str, Any]:
    first = int(request.get("nextToken", 0))
    return {"runs": [first]} | ({"nextToken": str(first + 1)} if first < 2 else {})


@pytest.fixture
def client() -> LookupClient:
    boto3_client = SimpleNamespace(
        describe_run=lambda **request: f"boto3 describes {request['name']}",
        stop_run=lambda: "boto3 stops",
        get_paginator=lambda name: f"boto3 pages {name}",
    )
    operations = {"describe_run": describe_run, "list_runs": list_runs}
    return LookupClient("stepfunctions", operations, SCOPE, lambda service: boto3_client)


def test_an_operation_answers_with_datetimes(client: LookupClient) -> None:
    assert client.describe_run(name="a") == {
        "name": "a",
        "startDate": datetime(1970, 1, 1, 0, 1, tzinfo=UTC),
        "region": "us-east-1",
    }


def test_pages_follow_each_other(client: LookupClient) -> None:
    pages = client.get_paginator("list_runs").paginate(PaginationConfig={"PageSize": 1})
    assert [page["runs"] for page in pages] == [[0], [1], [2]]


def test_an_error_is_that_of_boto3(client: LookupClient) -> None:
    with pytest.raises(client.exceptions.ExecutionDoesNotExist) as error:
        client.describe_run(name="lost")
    assert isinstance(error.value, ClientError)
    assert error.value.response["Error"] == {"Code": "ExecutionDoesNotExist", "Message": "there is no such run"}
    assert str(error.value) == (
        "An error occurred (ExecutionDoesNotExist) when calling the DescribeRun operation: there is no such run"
    )
    assert find_exception("ExecutionDoesNotExist") is not find_exception("InvalidArn")


def test_boto3_answers_the_rest(client: LookupClient) -> None:
    assert client.describe_run(name="hard") == "boto3 describes hard"
    assert client.stop_run() == "boto3 stops"
    assert client.get_paginator("list_jobs") == "boto3 pages list_jobs"


def test_only_numbers_of_members_that_are_times_are_times() -> None:
    second = datetime.fromtimestamp(1, UTC)
    response = {"CreationTime": 1, "jobs": [{"EndTime": 1.0, "TrainingTimeInSeconds": 1}], "Time": "1", "isTime": True}
    expected = {"CreationTime": second, "jobs": [{"EndTime": second, "TrainingTimeInSeconds": 1}]}
    assert parse_times(response) == {**expected, "Time": "1", "isTime": True}


def test_times_of_logs_stay_milliseconds() -> None:
    def get_log_events(_: dict[str, Any], __: RequestScope) -> dict[str, Any]:
        return {"events": [{"timestamp": 1, "message": "epoch 1"}]}

    client = LookupClient("logs", {"get_log_events": get_log_events}, SCOPE, lambda service: None)
    assert client.get_log_events(logGroupName="g", logStreamName="s") == {
        "events": [{"timestamp": 1, "message": "epoch 1"}]
    }
