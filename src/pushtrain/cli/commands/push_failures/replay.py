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
from pushtrain.errors import OperatorError

if TYPE_CHECKING:
    from pushtrain.failures import FailedEvent
    from pushtrain.platform import Platform


BATCH = 100  # events per call of the function, so that it answers within boto3's read timeout of a minute


@click.command("replay")
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--all", "replays_all", is_flag=True, help="Replay all events that have a handler.")
@environment_option
@json_option
def command(ids: tuple[str, ...], replays_all: bool, environment: str, as_json: bool) -> None:
    """Hand events to their handlers again.

    ID may be the beginning of an id. The platform's function on_replay takes the events from the queue itself. An event
    leaves the queue when AWS has accepted it. If it fails again, it is back in the queue some minutes later, after its
    retries. Handling an event twice is harmless.
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

    Print each event when AWS has accepted it, unless `is_silent`. Raises OperatorError for an unknown id, and for
    events that were not accepted, after the others.
    """
    from pushtrain.failures import hold_events, request_replay, select_events

    with hold_events(platform) as events:
        selected = select_events(events, ids, platform) if ids else [event for event in events if event.handler]
    replayed_events: list[FailedEvent] = []
    refused: dict[str, str] = {}
    for start in range(0, len(selected), BATCH):
        batch = selected[start : start + BATCH]
        outcome = request_replay(platform, [event.id for event in batch])
        refused |= outcome.refused
        accepted = [event for event in batch if event.id in outcome.accepted]
        replayed_events += accepted
        for event in () if is_silent else accepted:
            echo(f"accepted  {event.id[:ID_LENGTH]}  {event.handler}  {event.about}")
    if refused:
        reasons = "\n".join(f"{event_id[:ID_LENGTH]}: {reason}" for event_id, reason in refused.items())
        raise OperatorError(f"{reasons}\n{len(refused)} of {len(selected)} events stay in {platform.failure_queue}")
    return replayed_events
