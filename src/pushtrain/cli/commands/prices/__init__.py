"""`pushtrain prices`: one file per command word."""

import click

from pushtrain.cli.commands.prices.fetch import command as fetch_command
from pushtrain.cli.commands.prices.list import command as list_command
from pushtrain.cli.commands.prices.use import command as use_command


@click.group("prices")
def command() -> None:
    """Prices of instances: list, fetch, use."""


for subcommand in (list_command, fetch_command, use_command):
    command.add_command(subcommand)
