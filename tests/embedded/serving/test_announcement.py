"""The topic has a message for each change of what serves, and the last one is true."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from pushtrain.aws import client
from pushtrain.errors import RegistryError
from pushtrain.platform import Platform
from pushtrain.serving import announcement, approval
from tests.embedded.serving.approvals import (
    NOTE,
    PLATFORM,
    Bus,
    approved,
    current,
    decide,
    deliver,
    read_messages,
    register,
    with_topic,
)


def test_the_topic_is_told_of_each_change_once(bus: Bus) -> None:
    topic = client("sns").create_topic(Name="people")["TopicArn"]
    platform = with_topic(topic)
    arns = register(versions=2)
    events = [approved(bus, arn, NOTE) for arn in arns]
    for event in (*events, *events):
        deliver(event, platform)
    deliver(decide(bus, arns[0], "Rejected"), platform)
    deliver(decide(bus, arns[1], "Rejected"), platform)
    description = read_messages(topic)
    assert [subject for subject, _ in description] == [
        "churn: version 1 goes to serving",
        "churn: version 2 goes to serving",
        "churn: nothing is approved any more",
    ]
    assert NOTE in description[1][1]
    assert description[1][1].splitlines()[0] == "churn: version 2 goes to serving; before it was version 1."


def test_the_message_has_the_lines_of_the_gate(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    topic = client("sns").create_topic(Name="people")["TopicArn"]
    monkeypatch.setattr("pushtrain.serving.copy.list_gate_lines", lambda _: ["champion: version 3", "✓ auc 0.95 ≥ 0.9"])
    [arn] = register()
    deliver(approved(bus, arn), with_topic(topic))
    [(_, message)] = read_messages(topic)
    assert message.splitlines()[-2:] == ["champion: version 3", "✓ auc 0.95 ≥ 0.9"]


def test_a_topic_that_cannot_be_told_is_told_by_the_next_delivery(bus: Bus) -> None:
    [arn] = register()
    event = approved(bus, arn, NOTE)
    deaf = with_topic(f"arn:aws:sns:us-east-1:{PLATFORM.account}:people")
    for _ in range(2):  # Lambda's first try and its retry
        with pytest.raises(RegistryError) as unheard:
            deliver(event, deaf)
        assert str(unheard.value) == (
            "churn: version 1 goes to serving, but arn:aws:sns:us-east-1:123456789012:people could not be "
            "reached: An error occurred (NotFound) when calling the Publish operation: Endpoint does not exist"
        )
        assert (current()["version"], current()["told"]) == (1, False)
    topic = client("sns").create_topic(Name="people")["TopicArn"]
    assert deliver(event, deaf).changed is False
    assert [subject for subject, _ in read_messages(topic)] == ["churn: version 1 goes to serving"]
    assert NOTE in read_messages(topic)[0][1]
    assert "told" not in current()
    deliver(event, deaf)
    assert len(read_messages(topic)) == 1


def test_an_approval_anew_does_not_forget_that_nobody_was_told(bus: Bus) -> None:
    [arn] = register()
    deaf = with_topic(f"arn:aws:sns:us-east-1:{PLATFORM.account}:people")
    with pytest.raises(RegistryError, match="could not be reached"):
        deliver(approved(bus, arn), deaf)
    topic = client("sns").create_topic(Name="people")["TopicArn"]
    deliver(approved(bus, arn, "once more"), deaf)
    assert ["once more" in message for _, message in read_messages(topic)] == [True]
    assert "told" not in current()


def test_news_are_sent_by_the_next_delivery_if_the_handler_died_after_its_decision(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = with_topic(client("sns").create_topic(Name="people")["TopicArn"])
    [arn] = register()
    event = approved(bus, arn)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(approval, "announce", die)
        with pytest.raises(KeyboardInterrupt):
            deliver(event, platform)
    assert (current()["version"], read_messages(platform.topic)) == (1, [])
    deliver(event, platform)
    assert [subject for subject, _ in read_messages(platform.topic)] == ["churn: version 1 goes to serving"]
    deliver(event, platform)
    assert len(read_messages(platform.topic)) == 1


def test_news_that_a_newer_decision_overtakes_are_sent_again(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    """SNS would show people the older news last."""
    platform = with_topic(client("sns").create_topic(Name="people")["TopicArn"])
    first, second = (approved(bus, arn) for arn in register(versions=2))
    publish = announcement._publish

    def publish_after_the_second(platform: Platform, document: Mapping[str, Any], message: str) -> None:
        monkeypatch.setattr(announcement, "_publish", publish)
        deliver(second, platform)
        publish(platform, document, message)

    monkeypatch.setattr(announcement, "_publish", publish_after_the_second)
    deliver(first, platform)
    assert [subject for subject, _ in read_messages(platform.topic)] == [
        "churn: version 2 goes to serving",
        "churn: version 1 goes to serving",
        "churn: version 2 goes to serving",
    ]
    assert "told" not in current()


def test_two_deliveries_of_one_decision_at_once_send_its_news_once_each(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = with_topic(client("sns").create_topic(Name="people")["TopicArn"])
    event = approved(bus, register()[0])
    publish = announcement._publish

    def publish_after_the_other(platform: Platform, document: Mapping[str, Any], message: str) -> None:
        monkeypatch.setattr(announcement, "_publish", publish)
        deliver(event, platform)
        publish(platform, document, message)

    monkeypatch.setattr(announcement, "_publish", publish_after_the_other)
    deliver(event, platform)
    assert [subject for subject, _ in read_messages(platform.topic)] == ["churn: version 1 goes to serving"] * 2
