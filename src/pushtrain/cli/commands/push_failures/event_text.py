"""What `push-failures list` and `replay` share: an event as JSON, and a note on events that cannot be seen now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pushtrain.cli.terminal.time_text import format_time

if TYPE_CHECKING:
    from pushtrain.failures import FailedEvent
    from pushtrain.platform import Platform

SHORT = 8  # characters of an id that are shown; they are enough to name it


def print_withheld(platform: Platform) -> None:
    """What another process holds is not seen here: asked before this one holds any."""
    from pushtrain.failures import count_held_elsewhere

    if elsewhere := count_held_elsewhere(platform):
        said = "somebody else is looking at them or replaying them. Ask again in five minutes"
        click.echo(f"not seen: about {elsewhere}, for {said}", err=True)


def build_event_document(each: FailedEvent) -> dict[str, Any]:
    """Return an event as `--json` gives it."""
    return {
        "id": each.id,
        "handler": each.handler or None,
        "about": each.about,
        "error": each.error,
        "tries": each.tries,
        "given_up": format_time(each.since),
    }
