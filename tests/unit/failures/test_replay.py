"""Handing failed events to their handlers again: by id, and only what is in the queue."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pushtrain import aws
from pushtrain.errors import OperatorError
from pushtrain.failures import parse_request, replay_events
from pushtrain.platform import Platform

PLATFORM = Platform.local()
THROTTLED = 429
S3_OBJECT = {"key": f"model-repos/churn/{'a' * 40}/config.yaml", "versionId": "v1"}
PUSH = json.dumps(
    {"Records": [{"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": "code"}, "object": S3_OBJECT}}]}
)


class Services:
    """SQS with messages, such as `aa1` (a decision) and `c3` (which no handler takes), and Lambda; notes the calls."""

    def __init__(self, status: int) -> None:
        self.status = status
        self.calls: list[str] = []
        self.waiting = {"aa1": '{"source": "aws.sagemaker", "detail": {}}', "c3": "?"}

    def invoke(self, **request: Any) -> dict[str, int]:
        self.calls.append(f"invoke {request['FunctionName']}:{request['Qualifier']} {json.loads(request['Payload'])}")
        return {"StatusCode": self.status}

    def get_queue_url(self, **request: str) -> dict[str, str]:
        return {"QueueUrl": request["QueueName"]}

    def send_message(self, **request: str) -> None:
        if self.status == THROTTLED:
            raise ClientError({"Error": {"Code": "RequestThrottled", "Message": "Slow\ndown"}}, "SendMessage")
        self.calls.append(f"send to {request['QueueUrl']} {request['MessageBody']}")

    def receive_message(self, **_: object) -> dict[str, Any]:
        messages, self.waiting = self.waiting, {}
        return {
            "Messages": [{"MessageId": name, "Body": body, "ReceiptHandle": name} for name, body in messages.items()]
        }

    def change_message_visibility_batch(self, **request: Any) -> None:
        self.calls += [f"release {entry['ReceiptHandle']}" for entry in request["Entries"]]

    def delete_message(self, **request: str) -> None:
        self.calls.append(f"delete {request['ReceiptHandle']}")


EVENT = {"source": "aws.sagemaker", "detail": {}}
RELEASED = ["release aa1", "release c3"]  # SQS refuses this for a deleted message


def test_an_event_leaves_the_queue_after_lambda_has_accepted_it(monkeypatch: pytest.MonkeyPatch) -> None:
    services = Services(202)
    monkeypatch.setattr(aws, "client", lambda *_: services)
    outcome = replay_events(PLATFORM, ["aa1", "c3", "zz"])
    assert services.calls == [f"invoke pushtrain-approval:live {EVENT}", "delete aa1", *RELEASED]
    assert outcome.accepted == ["aa1"]
    assert outcome.refused == {
        "c3": "no event that a handler takes, so it cannot be replayed",
        "zz": "is not in the queue any more, or somebody else is listing or replaying it: try again in five minutes",
    }


def test_an_event_that_lambda_does_not_accept_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    services = Services(500)
    monkeypatch.setattr(aws, "client", lambda *_: services)
    assert replay_events(PLATFORM, ["aa1"]).refused == {"aa1": "pushtrain-approval did not accept it: status 500"}
    assert services.calls == [f"invoke pushtrain-approval:live {EVENT}", *RELEASED]


def test_a_push_goes_back_to_the_push_queue_and_leaves_the_failure_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    services = Services(202)
    services.waiting = {"p1": PUSH}
    monkeypatch.setattr(aws, "client", lambda *_: services)
    assert replay_events(PLATFORM, ["p1"]).accepted == ["p1"]
    assert services.calls == [f"send to pushtrain-pushes {PUSH}", "delete p1", "release p1"]


def test_a_push_that_sqs_does_not_accept_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    services = Services(THROTTLED)
    services.waiting = {"p1": PUSH}
    monkeypatch.setattr(aws, "client", lambda *_: services)
    reason = "An error occurred (RequestThrottled) when calling the SendMessage operation: Slow down"
    assert replay_events(PLATFORM, ["p1"]).refused == {"p1": reason}
    assert services.calls == ["release p1"]


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"ids": "aa1"},
        {"ids": [1]},
        {"ids": ["aa1"], "event": EVENT},
        {"Records": [{"eventName": "ObjectCreated:Put"}]},
    ],
)
def test_a_payload_with_an_event_of_ones_own_is_refused(payload: dict[str, Any]) -> None:
    with pytest.raises(OperatorError) as raised:
        parse_request(payload)
    assert str(raised.value) == 'on_replay takes the ids of failed events: expected {"ids": ["…"]}'
