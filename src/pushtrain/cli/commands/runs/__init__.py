"""`pushtrain runs`: one file per command word."""

import click

from pushtrain.cli.commands.runs.compare import command as compare_command
from pushtrain.cli.commands.runs.list import command as list_command
from pushtrain.cli.commands.runs.logs import command as logs_command
from pushtrain.cli.commands.runs.redrive import command as redrive_command
from pushtrain.cli.commands.runs.report import command as report_command
from pushtrain.cli.commands.runs.show import command as show_command
from pushtrain.cli.commands.runs.stop import command as stop_command
from pushtrain.cli.commands.runs.watch import command as watch_command


@click.group("runs")
def command() -> None:
    """Runs: list, show, watch, logs, report, compare, stop, redrive."""


for subcommand in (
    list_command,
    show_command,
    watch_command,
    logs_command,
    report_command,
    compare_command,
    stop_command,
    redrive_command,
):
    command.add_command(subcommand)
