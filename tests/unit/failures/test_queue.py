"""Choosing events of the failure queue, and replaying them."""

from __future__ import annotations

from typing import Any

import pytest

from pushtrain import aws
from pushtrain.errors import OperatorError
from pushtrain.failures import FailedEvent, replay_event, select_events
from pushtrain.platform import Platform

PLATFORM = Platform.local()


def event(name: str, handler: str = "push") -> FailedEvent:
    return FailedEvent(id=name, handler=handler, about="churn", error="", tries=1, since=0.0, event={}, receipt="r")


EVENTS = [event("aa1"), event("ab2"), event("c3", handler="")]


def test_an_event_is_chosen_by_the_beginning_of_its_id_and_only_once() -> None:
    assert select_events(EVENTS, ["ab", "aa1", "ab2"], PLATFORM) == [EVENTS[1], EVENTS[0]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a", "2 events begin with 'a' in pushtrain-failures. `pushtrain push-failures list --local` shows what waits"),
        (
            "x",
            "no event begins with 'x' in pushtrain-failures. `pushtrain push-failures list --local` shows what waits",
        ),
        (
            "c3",
            "c3: churn, so it cannot be replayed. `pushtrain push-failures list --local --json` shows it; "
            "the queue drops it after 14 days",
        ),
    ],
)
def test_what_cannot_be_chosen_is_refused(text: str, message: str) -> None:
    with pytest.raises(OperatorError) as raised:
        select_events(EVENTS, [text], PLATFORM)
    assert str(raised.value) == message


class Services:
    """SQS and Lambda; notes what was called."""

    def __init__(self, status: int) -> None:
        self.status = status
        self.calls: list[str] = []

    def invoke(self, **request: Any) -> dict[str, int]:
        self.calls.append(f"invoke {request['FunctionName']}:{request['Qualifier']}")
        return {"StatusCode": self.status}

    def get_queue_url(self, **_: str) -> dict[str, str]:
        return {"QueueUrl": "url"}

    def delete_message(self, **request: str) -> None:
        self.calls.append(f"delete {request['ReceiptHandle']}")


def test_an_event_leaves_the_queue_after_lambda_has_accepted_it(monkeypatch: pytest.MonkeyPatch) -> None:
    services = Services(202)
    monkeypatch.setattr(aws, "client", lambda *_: services)
    replay_event(PLATFORM, EVENTS[0])
    assert services.calls == ["invoke pushtrain-push:live", "delete r"]


def test_an_event_that_lambda_does_not_accept_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    services = Services(500)
    monkeypatch.setattr(aws, "client", lambda *_: services)
    with pytest.raises(OperatorError) as raised:
        replay_event(PLATFORM, EVENTS[0])
    assert str(raised.value) == "pushtrain-push did not accept aa1: status 500. It stays queued"
    assert services.calls == ["invoke pushtrain-push:live"]
