"""Shared by `push-failures list` and `replay`: an event as JSON, and a note on events that cannot be listed now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pushtrain.cli.terminal.echo import echo
from pushtrain.cli.terminal.time_text import format_time

if TYPE_CHECKING:
    from pushtrain.failures import FailedEvent
    from pushtrain.platform import Platform

ID_LENGTH = 8  # characters of an id that are printed; `replay` takes them for the id


def print_held_note(platform: Platform) -> None:
    """Print on stderr how many events another process holds. Call it before this process holds events itself."""
    from pushtrain.failures import count_held_elsewhere

    if count := count_held_elsewhere(platform):
        reason = "because somebody else is listing or replaying them"
        echo(f"not shown: about {count}, {reason}. Try again in five minutes", err=True)


def build_event_document(event: FailedEvent) -> dict[str, Any]:
    """Return an event as `replay --json` prints it. `list --json` adds the event itself."""
    return {
        "id": event.id,
        "handler": event.handler or None,
        "about": event.about,
        "error": event.error,
        "tries": event.tries,
        "given_up": format_time(event.since),
    }
