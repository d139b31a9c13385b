"""`pushtrain push-failures`: one file per command word."""

import click

from pushtrain.cli.commands.push_failures.list import command as list_command
from pushtrain.cli.commands.push_failures.replay import command as replay_command


@click.group("push-failures")
def command() -> None:
    """Events that no handler could process: list, replay.

    When AWS has given up on an event of a push, an approval or an ended run, the event waits for 14 days in the
    platform's failure queue.
    """


for subcommand in (list_command, replay_command):
    command.add_command(subcommand)
