"""`pushtrain prices`: one file per command word."""

import click

from pushtrain.cli.command_group import CommandGroup


@click.group("prices", cls=CommandGroup, package=__name__, words=("list", "fetch", "use"))
def command() -> None:
    """Prices of instances: list, fetch, use."""
