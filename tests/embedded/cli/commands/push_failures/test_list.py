"""`push-failures list`: what waits in the failure queue, which stays as it is."""

from __future__ import annotations

import json
from typing import Any

from tests.embedded.cli.commands.push_failures.failed_events import (
    DECISION,
    Types,
    count_visible,
    push_event,
    send_failed_events,
)


def test_looking_takes_nothing_out(sqs: Any, url: str, types: Types) -> None:
    ids = send_failed_events(sqs, url, push_event("3f9c1e2ab1234567"), DECISION, None)
    for _ in range(2):
        code, out, err = types("list")
        assert (code, count_visible(sqs, url)) == (0, 3)
    lines = out.splitlines()
    assert lines[0].split() == ["ID", "GIVEN", "UP", "HANDLER", "ABOUT"]
    assert sorted(line.split(maxsplit=4)[0] + line[26:] for line in lines[1:4]) == sorted(
        f"{event[:8]}{about}"
        for event, about in zip(
            ids,
            (
                "  push      churn revision 3f9c1e2ab123",
                "  approval  pushtrain-churn version 2",
                "  ?         no event that a handler takes",
            ),
            strict=True,
        )
    )
    assert f"{ids[0][:8]}  ClientError: 속도 제한 exceeded (tried 3 times)" in lines
    assert f"{ids[2][:8]}  it is not told why" in lines
    assert err == "hand one to its handler again: pushtrain push-failures replay ID --environment dev\n"
    documents = {event["id"]: event for event in json.loads(types("list", "--json")[1])}
    assert documents[ids[0]]["event"] == push_event("3f9c1e2ab1234567")
    assert (documents[ids[2]]["handler"], documents[ids[0]]["tries"]) == (None, 3)


def test_an_empty_queue(sqs: Any, url: str, types: Types) -> None:
    assert types("list") == (0, "nothing waits in pushtrain-failures\n", "")
    assert types("list", "--json")[1] == "[]\n"
    assert types("replay", "--all") == (0, "nothing to replay in pushtrain-failures\n", "")


def test_a_platform_without_its_queue(sqs: Any, types: Types) -> None:
    message = (
        "there is no queue pushtrain-failures in us-east-1: deploy the platform again. "
        "`pushtrain doctor --environment dev` shows what else is missing\n"
    )
    for words in (("list",), ("replay", "--all")):
        assert types(*words) == (1, "", message)
