"""Tell people what serves now: one message to the platform's SNS topic for each decision that changed it.

The last message is always true. approved.json has `told: false` from the decision until the topic has its message, so
a handler that dies in between is made up for by the next delivery. SNS keeps no order, so a newer decision may be
announced just before an older one; then its message is sent again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pushtrain import aws
from pushtrain.errors import RegistryError
from pushtrain.layout import build_approved_key
from pushtrain.platform import Platform
from pushtrain.serving.approved_json import StoredDocument, read_document, write_document

ANNOUNCED_KEY = "told"
ROUNDS = 20  # a round is needed for each decision that another handler announces meanwhile


def is_unannounced(current: StoredDocument) -> bool:
    """Return True if the topic does not have the message about this approved.json yet."""
    return current.document.get(ANNOUNCED_KEY) is False


def announce(platform: Platform, current: StoredDocument) -> None:
    """Send approved.json's news to the topic, then remove its mark `told: false`.

    If another handler changed approved.json meanwhile, its message may have come first: then send its news too, until
    nothing has changed since the last message. Raises RegistryError if the topic cannot be reached; the next delivery
    of the event sends the news: rather twice than never.
    """
    key = build_approved_key(current.document["model"])
    sent = ""
    for _ in range(ROUNDS):
        if (message := _format_message(current.document)) != sent:
            _publish(platform, current.document, message)
            sent = message
        document = {name: value for name, value in current.document.items() if name != ANNOUNCED_KEY}
        if is_unannounced(current) and write_document(platform, key, document, expected=current):
            return
        latest = read_document(platform, key)
        if latest.etag == current.etag:
            return
        current = latest


def _publish(platform: Platform, document: Mapping[str, Any], message: str) -> None:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - botocore is slow to import

    headline = _format_headline(document)
    try:
        aws.client("sns", platform.region).publish(TopicArn=platform.topic, Subject=headline, Message=message)
    except (BotoCoreError, ClientError) as error:
        raise RegistryError(f"{headline}, but {platform.topic} could not be reached: {error}") from error


def _format_message(document: Mapping[str, Any]) -> str:
    previous = f"version {document['previous']}" if document["previous"] else "nothing"
    lines = [f"{_format_headline(document)}; before it was {previous}."]
    lines += [f"{name}: {document[name]}" for name in ("approver", "note", "run", "sha256") if document.get(name)]
    lines += document.get("gate", ())
    return "\n".join(lines)


def _format_headline(document: Mapping[str, Any]) -> str:
    version = document["version"]
    news = "nothing is approved any more" if version is None else f"version {version} goes to serving"
    return f"{document['model']}: {news}"
