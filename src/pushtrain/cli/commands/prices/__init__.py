"""`pushtrain prices`: one file per command word."""

import click

from pushtrain.cli.commands.prices.fetch import command as fetch_command
from pushtrain.cli.commands.prices.list import command as list_command
from pushtrain.cli.commands.prices.use import command as use_command


@click.group("prices")
def command() -> None:
    """Show the prices of machines, fetch them from AWS, put them in force."""


for subcommand in (list_command, fetch_command, use_command):
    command.add_command(subcommand)
