"""`pushtrain models`: one file per command word."""

import click

from pushtrain.cli.commands.models.approve import command as approve_command
from pushtrain.cli.commands.models.compare import command as compare_command
from pushtrain.cli.commands.models.fetch import command as fetch_command
from pushtrain.cli.commands.models.index import command as index_command
from pushtrain.cli.commands.models.list import command as list_command
from pushtrain.cli.commands.models.reject import command as reject_command
from pushtrain.cli.commands.models.report import command as report_command
from pushtrain.cli.commands.models.show import command as show_command


@click.group("models")
def command() -> None:
    """Registered models: list, show, compare, report, index, approve, reject, fetch."""


for subcommand in (
    list_command,
    show_command,
    compare_command,
    report_command,
    index_command,
    approve_command,
    reject_command,
    fetch_command,
):
    command.add_command(subcommand)
