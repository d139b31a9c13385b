"""`push-failures replay`: the event is handled again, and the queue forgets it when AWS has accepted it."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from tests.embedded.cli.commands.push_failures.failed_events import (
    DECISION,
    StubLambda,
    Types,
    count_visible,
    push_event,
    send_failed_events,
)


def test_a_push_goes_back_to_its_queue_as_it_came_and_is_then_forgotten(
    sqs: Any, url: str, pushes: str, types: Types, function: StubLambda
) -> None:
    first, _ = send_failed_events(sqs, url, push_event("aaaaaaaaaaaa", model="이탈"), DECISION)
    code, out, err = types("replay", first[:8])
    assert (code, out) == (0, f"accepted  {first[:8]}  push  이탈 revision aaaaaaaaaaaa\n")
    assert (
        err == "An event that fails again is back after some minutes: pushtrain push-failures list --environment dev\n"
    )
    assert function.replayed == [{"ids": [first]}]  # an operator's own call has no event
    assert function.requests == []
    (message,) = sqs.receive_message(QueueUrl=pushes)["Messages"]
    assert json.loads(message["Body"]) == push_event("aaaaaaaaaaaa", model="이탈")
    assert count_visible(sqs, url) == 1


def test_another_handler_gets_the_event_itself(sqs: Any, url: str, types: Types, function: StubLambda) -> None:
    send_failed_events(sqs, url, DECISION)
    assert types("replay", "--all")[0] == 0
    (request,) = function.requests
    assert json.loads(request.pop("Payload")) == DECISION
    assert request == {"FunctionName": "pushtrain-approval", "Qualifier": "live", "InvocationType": "Event"}
    assert count_visible(sqs, url) == 0


def test_all_are_replayed_but_what_no_handler_takes(
    sqs: Any, url: str, pushes: str, types: Types, function: StubLambda
) -> None:
    ids = send_failed_events(sqs, url, *(push_event(f"{number:012}") for number in range(12)), DECISION, None)
    code, out, _ = types("replay", "--all", "--json")
    assert (code, {event["id"] for event in json.loads(out)}) == (0, set(ids[:-1]))
    assert [request["FunctionName"] for request in function.requests] == ["pushtrain-approval"]
    assert (count_visible(sqs, pushes), count_visible(sqs, url)) == (12, 1)


def test_what_lambda_does_not_accept_stays(sqs: Any, url: str, types: Types, function: StubLambda) -> None:
    (event,) = send_failed_events(sqs, url, DECISION)
    stays = "1 of 1 events stay in pushtrain-failures\n"
    function.status = 500
    message = f"{event[:8]}: pushtrain-approval did not accept it: status 500\n{stays}"
    assert types("replay", "--all") == (1, "", message)
    function.refusals = {"pushtrain-approval"}
    error = "An error occurred (ResourceNotFoundException) when calling the Invoke operation: no function"
    assert types("replay", "--all") == (1, "", f"{event[:8]}: {error}\n{stays}")
    assert count_visible(sqs, url) == 1


def test_what_the_function_cannot_find_is_not_called_replayed(
    sqs: Any, url: str, types: Types, function: StubLambda, monkeypatch: pytest.MonkeyPatch
) -> None:
    (event,) = send_failed_events(sqs, url, DECISION)
    asked = function._replay
    monkeypatch.setattr(function, "_replay", lambda payload: (sqs.purge_queue(QueueUrl=url), asked(payload))[1])
    reason = "is not in the queue any more, or somebody else is listing or replaying it: try again in five minutes"
    stays = "1 of 1 events stay in pushtrain-failures\n"
    assert types("replay", event) == (1, "", f"{event[:8]}: {reason}\n{stays}")
    assert function.requests == []


def test_a_function_that_fails_says_why(sqs: Any, url: str, types: Types, function: StubLambda) -> None:
    send_failed_events(sqs, url, DECISION)
    answer = b'{"errorType": "Sandbox.Timedout", "errorMessage": "Task timed out"}'
    function.invoke = lambda **_: {"FunctionError": "Unhandled", "Payload": io.BytesIO(answer)}  # type: ignore[method-assign]
    assert types("replay", "--all") == (1, "", "pushtrain-replay failed: Sandbox.Timedout: Task timed out\n")


def test_what_came_before_a_refusal_is_told_and_gone(
    sqs: Any, url: str, pushes: str, types: Types, function: StubLambda
) -> None:
    accepted, refused = send_failed_events(sqs, url, push_event("aaaaaaaaaaaa"), DECISION)
    function.refusals = {"pushtrain-approval"}
    code, out, _ = types("replay", accepted, refused)
    assert (code, out) == (1, f"accepted  {accepted[:8]}  push  churn revision aaaaaaaaaaaa\n")
    assert [event["id"] for event in json.loads(types("list", "--json")[1])] == [refused]


def test_an_id_must_mean_one_event_that_a_handler_takes(
    sqs: Any, url: str, types: Types, function: StubLambda, monkeypatch: pytest.MonkeyPatch
) -> None:
    remedy = "in pushtrain-failures. `pushtrain push-failures list --environment dev` shows what waits\n"
    assert types("replay", "zz") == (1, "", f"no event begins with 'zz' {remedy}")
    send_failed_events(sqs, url, DECISION)
    (unknown,) = send_failed_events(sqs, url, None)
    assert types("replay", "") == (1, "", f"2 events begin with '' {remedy}")
    assert types("replay", unknown) == (
        1,
        "",
        f"{unknown}: no event that a handler takes, so it cannot be replayed. `pushtrain push-failures list "
        "--environment dev --json` shows it; "
        "the queue drops it after 14 days\n",
    )
    assert (function.requests, count_visible(sqs, url)) == ([], 2)


@pytest.mark.parametrize("words", [[], ["a1", "--all"]])
def test_a_replay_is_of_named_events_or_of_all(types: Types, words: list[str]) -> None:
    code, _, err = types("replay", *words)
    assert code == 2
    assert err.splitlines()[-1] == "Error: name the events to replay by their ids, or give --all"
