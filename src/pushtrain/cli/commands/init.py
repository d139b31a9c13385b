"""`pushtrain init`: a model repo to begin with."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.hints import find_program
from pushtrain.errors import UsageError
from pushtrain.local.platform import short_path
from pushtrain.starters import STARTERS, check_folder_name, create_model_repo


@click.command("init")
@click.argument("folder", metavar="[NAME]", required=False, type=click.Path(path_type=Path))
@click.option("--starter", type=click.Choice(list(STARTERS)), help="What to begin with.")
@json_option
def command(folder: Path | None, starter: str | None, as_json: bool) -> None:
    """Make a model repo that runs, to be changed into yours.

    NAME is the new folder, and its last part the model's name. On a terminal you are asked for what
    is not said.
    """
    asking = sys.stdin.isatty() and sys.stdout.isatty() and not as_json
    folder = folder or _ask_name(asking)
    check_folder_name(folder.absolute().name)
    starter = starter or _ask_starter(asking)
    files = create_model_repo(folder, starter)
    if as_json:
        print_json({"model": folder.absolute().name, "folder": str(folder), "starter": starter, "files": files})
    else:
        _tell(folder, starter, files)


def _ask_name(asking: bool) -> Path:
    if not asking:
        raise UsageError(f"which name? Write {find_program()} init NAME --starter {'|'.join(STARTERS)}")
    return Path(click.prompt("Name of the model (and of its folder)", value_proc=_name))


def _name(text: str) -> str:
    from pushtrain.errors import StarterError

    try:
        return check_folder_name(Path(text).absolute().name) and text
    except StarterError as error:
        raise click.BadParameter(str(error)) from error


def _ask_starter(asking: bool) -> str:
    if not asking:
        raise UsageError(f"which starter? Add --starter {'|'.join(STARTERS)}")
    for name, what in STARTERS.items():
        click.echo(f"  {name:<12} {what}")
    chosen: str = click.prompt("Starter", type=click.Choice(list(STARTERS)), default="sklearn")
    return chosen


def _tell(folder: Path, starter: str, files: tuple[str, ...]) -> None:
    where = short_path(folder)
    click.secho(f"{folder.absolute().name}: {STARTERS[starter]}", bold=True)
    for file in files:
        if not file.startswith("."):
            click.echo(f"  {where}/{file}")
    click.echo(f"next  {find_program()} run {where}")
    click.echo("then  put your data, training and gate in place of these; check with `validate`")
