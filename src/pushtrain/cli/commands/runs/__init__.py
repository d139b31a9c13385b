"""`pushtrain runs`: one file per command word."""

import click

from pushtrain.cli.command_group import CommandGroup

WORDS = ("list", "show", "watch", "logs", "report", "compare", "stop", "redrive")


@click.group("runs", cls=CommandGroup, package=__name__, words=WORDS)
def command() -> None:
    """Runs: list, show, watch, logs, report, compare, stop, redrive."""
