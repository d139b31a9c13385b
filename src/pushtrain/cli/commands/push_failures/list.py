"""`pushtrain push-failures list`: what waits in the failure queue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from pushtrain.access import deployed_platform
from pushtrain.cli.commands.push_failures.event_text import SHORT, build_event_document, print_withheld
from pushtrain.cli.options import environment_option
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.hints import find_program
from pushtrain.cli.terminal.tables import print_table
from pushtrain.cli.terminal.time_text import format_minute

if TYPE_CHECKING:
    from pushtrain.failures import FailedEvent


@click.command("list")
@environment_option
@json_option
def command(environment: str, as_json: bool) -> None:
    """List what waits in the failure queue, oldest first, and leave it there. GIVEN UP is in UTC."""
    from pushtrain.failures import hold_events

    platform = deployed_platform(environment)
    print_withheld(platform)
    with hold_events(platform) as found:
        pass
    if as_json:
        print_json([build_event_document(each) | {"event": each.event} for each in found])
    elif not found:
        click.echo(f"nothing waits in {platform.failure_queue}")
    else:
        _show(found)
        click.echo(
            f"hand one to its handler again: {find_program()} push-failures replay ID{platform.cli_option}", err=True
        )


def _show(found: Sequence[FailedEvent]) -> None:
    rows = [(each.id[:SHORT], format_minute(each.since), each.handler or "?", each.about) for each in found]
    print_table([("ID", "GIVEN UP", "HANDLER", "ABOUT"), *rows], narrow=3)
    for each in found:
        tries = f" (tried {each.tries} times)" if each.tries > 1 else ""
        click.echo(f"{each.id[:SHORT]}  {' '.join(each.error.split())}{tries}")
