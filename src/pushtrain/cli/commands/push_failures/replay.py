"""`pushtrain push-failures replay`: hand events to their handlers again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pushtrain.access import deployed_platform
from pushtrain.cli.commands.push_failures.event_text import ID_LENGTH, build_event_document, print_held_note
from pushtrain.cli.options import environment_option
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.echo import echo
from pushtrain.cli.terminal.hints import find_program

if TYPE_CHECKING:
    from pushtrain.failures import FailedEvent
    from pushtrain.platform import Platform


@click.command("replay")
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--all", "replays_all", is_flag=True, help="Replay all events that have a handler.")
@environment_option
@json_option
def command(ids: tuple[str, ...], replays_all: bool, environment: str, as_json: bool) -> None:
    """Hand events to their handlers again.

    ID may be the beginning of an id. An event leaves the queue when Lambda has accepted it. If it fails again, it is
    back in the queue after Lambda's own retries, some minutes later. Handling an event twice is harmless.
    """
    if bool(ids) == replays_all:
        raise click.UsageError("name the events to replay by their ids, or give --all")
    platform = deployed_platform(environment)
    print_held_note(platform)
    replayed_events = _replay(platform, ids, is_silent=as_json)
    if as_json:
        print_json([build_event_document(event) for event in replayed_events])
    elif replayed_events:
        list_command = f"{find_program()} push-failures list{platform.cli_option}"
        echo(f"An event that fails again is back after some minutes: {list_command}", err=True)
    else:
        echo(f"nothing to replay in {platform.failure_queue}")


def _replay(platform: Platform, ids: tuple[str, ...], *, is_silent: bool) -> list[FailedEvent]:
    """Replay the events whose ids begin with `ids`, or without `ids` all that have a handler. Return them.

    Print each event when Lambda has accepted it, unless `is_silent`. Raises OperatorError for an unknown id.
    """
    from pushtrain.failures import hold_events, replay_event, select_events

    replayed_events: list[FailedEvent] = []
    with hold_events(platform) as events:
        selected = select_events(events, ids, platform) if ids else [event for event in events if event.handler]
        for event in selected:
            replay_event(platform, event)
            replayed_events.append(event)
            if not is_silent:
                echo(f"accepted  {event.id[:ID_LENGTH]}  {event.handler}  {event.about}")
    return replayed_events
