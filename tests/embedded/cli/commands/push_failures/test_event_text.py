"""`push-failures` counts the events that somebody else holds."""

from __future__ import annotations

from typing import Any

from tests.embedded.cli.commands.push_failures.failed_events import (
    DECISION,
    HELD_NOTE,
    Types,
    send_failed_events,
)


def test_what_somebody_else_holds_is_counted(sqs: Any, url: str, types: Types) -> None:
    send_failed_events(sqs, url, DECISION)
    sqs.receive_message(QueueUrl=url)
    code, out, err = types("list")
    assert (code, out) == (0, "nothing waits in pushtrain-failures\n")
    assert err == HELD_NOTE
    code, out, err = types("replay", "a1")
    remedy = "`pushtrain push-failures list --environment dev` shows what waits"
    unknown_id = f"no event begins with 'a1' in pushtrain-failures. {remedy}\n"
    assert (code, out, err) == (1, "", HELD_NOTE + unknown_id)
