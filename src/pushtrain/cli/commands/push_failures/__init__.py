"""`pushtrain push-failures`: one file per command word."""

import click

from pushtrain.cli.command_group import CommandGroup


@click.group("push-failures", cls=CommandGroup, package=__name__, words=("list", "replay"))
def command() -> None:
    """Events that no handler could process: list, replay.

    When AWS has given up on an event of a push, an approval or an ended run, the event waits for 14 days in the
    platform's failure queue.
    """
