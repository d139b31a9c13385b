"""`pushtrain cache`: one file per command word."""

import click

from pushtrain.cli.commands.cache.forget import command as forget_command
from pushtrain.cli.commands.cache.list import command as list_command


@click.group("cache")
def command() -> None:
    """Results that later runs may reuse: list, forget."""


for subcommand in (list_command, forget_command):
    command.add_command(subcommand)
