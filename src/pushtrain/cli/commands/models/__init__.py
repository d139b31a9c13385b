"""`pushtrain models`: one file per command word."""

import click

from pushtrain.cli.command_group import CommandGroup

WORDS = ("list", "show", "compare", "report", "index", "approve", "reject", "fetch", "serve", "score")


@click.group("models", cls=CommandGroup, package=__name__, words=WORDS)
def command() -> None:
    """Registered models: list, show, compare, report, index, approve, reject, fetch, serve, score."""
