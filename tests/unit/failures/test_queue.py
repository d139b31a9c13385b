"""Choosing events of the failure queue."""

from __future__ import annotations

import pytest

from pushtrain.errors import OperatorError
from pushtrain.failures import FailedEvent, select_events
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
