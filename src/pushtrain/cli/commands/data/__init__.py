"""`pushtrain data`: one file per command word."""

import click

from pushtrain.cli.commands.data.where_used import command as where_used_command


@click.group("data")
def command() -> None:
    """Data that runs read: where-used."""


command.add_command(where_used_command)
