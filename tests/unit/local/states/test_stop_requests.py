"""Requests to stop an execution of another process."""

from __future__ import annotations

from pathlib import Path

from pushtrain.local.states.stop_requests import StopRequest, StopRequests
from pushtrain.local.storage.store import Store


def test_a_request_is_taken_once_and_by_its_execution_alone(tmp_path: Path) -> None:
    request = StopRequest(error=None, cause="enough")
    with Store(tmp_path) as store:
        requests = StopRequests(store)
        requests.put("arn:1", request)
        assert requests.take("arn:2") is None
        assert [requests.take("arn:1"), requests.take("arn:1")] == [request, None]


def test_a_request_that_is_removed_stops_nothing(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        requests = StopRequests(store)
        requests.put("arn:1", StopRequest(error="E", cause=None))
        requests.remove("arn:1")
        requests.remove("arn:1")
        assert requests.take("arn:1") is None
