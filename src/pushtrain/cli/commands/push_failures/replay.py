"""`pushtrain push-failures replay`: hand events to their handler again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pushtrain.access import deployed_platform
from pushtrain.cli.commands.push_failures.event_text import SHORT, build_event_document, print_withheld
from pushtrain.cli.options import environment_option
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.hints import find_program

if TYPE_CHECKING:
    from pushtrain.failures import FailedEvent


@click.command("replay")
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Replay all that waits for a handler.")
@environment_option
@json_option
def command(ids: tuple[str, ...], everything: bool, environment: str, as_json: bool) -> None:
    """Hand events to their handler again; the queue forgets each once Lambda has accepted it.

    ID may be the beginning of one. What fails again is back in the queue after Lambda's own retries, some minutes
    later. Handling an event twice is harmless.
    """
    from pushtrain.failures import hold_events, replay_event, select_events

    if bool(ids) == everything:
        raise click.UsageError("name the events to replay by their ids, or give --all")
    platform = deployed_platform(environment)
    print_withheld(platform)
    done: list[FailedEvent] = []
    with hold_events(platform) as found:
        picked = [each for each in found if each.handler] if everything else select_events(found, ids, platform)
        for each in picked:
            replay_event(platform, each)
            done.append(each)
            if not as_json:
                click.echo(f"accepted  {each.id[:SHORT]}  {each.handler}  {each.about}")
    if as_json:
        print_json([build_event_document(each) for each in done])
    elif not done:
        click.echo(f"nothing to replay in {platform.failure_queue}")
    else:
        click.echo(
            f"What fails again is back after some minutes: {find_program()} push-failures list{platform.cli_option}",
            err=True,
        )
