"""`pushtrain push-failures list`: list the events that wait in the failure queue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from pushtrain.access import deployed_platform
from pushtrain.cli.commands.push_failures.event_text import ID_LENGTH, build_event_document, print_held_note
from pushtrain.cli.options import environment_option
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.echo import echo
from pushtrain.cli.terminal.hints import find_program
from pushtrain.cli.terminal.tables import print_table
from pushtrain.cli.terminal.time_text import format_minute

if TYPE_CHECKING:
    from pushtrain.failures import FailedEvent
    from pushtrain.platform import Platform


@click.command("list")
@environment_option
@json_option
def command(environment: str, as_json: bool) -> None:
    """List the events in the failure queue, oldest first.

    They stay in the queue. GIVEN UP is in UTC.
    """
    from pushtrain.failures import hold_events

    platform = deployed_platform(environment)
    print_held_note(platform)
    with hold_events(platform) as events:
        pass
    if as_json:
        print_json([build_event_document(event) | {"event": event.event} for event in events])
    elif events:
        _print_events(events, platform)
    else:
        echo(f"nothing waits in {platform.failure_queue}")


def _print_events(events: Sequence[FailedEvent], platform: Platform) -> None:
    """Print a table of the events, then the error of each, and on stderr how to replay one."""
    rows = [(event.id[:ID_LENGTH], format_minute(event.since), event.handler or "?", event.about) for event in events]
    print_table([("ID", "GIVEN UP", "HANDLER", "ABOUT"), *rows], narrow=3)
    for event in events:
        tries = f" (tried {event.tries} times)" if event.tries > 1 else ""
        echo(f"{event.id[:ID_LENGTH]}  {' '.join(event.error.split())}{tries}")
    replay_command = f"{find_program()} push-failures replay ID{platform.cli_option}"
    echo(f"hand one to its handler again: {replay_command}", err=True)
