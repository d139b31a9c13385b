"""`pushtrain init`: create a model repo from a starter."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.echo import echo, secho
from pushtrain.cli.terminal.hints import find_program
from pushtrain.errors import UsageError
from pushtrain.local.platform import short_path
from pushtrain.starters import STARTERS, check_folder_name, create_model_repo


@click.command("init")
@click.argument("folder", metavar="[NAME]", required=False, type=click.Path(path_type=Path))
@click.option("--starter", type=click.Choice(list(STARTERS)), help="What to begin with.")
@json_option
def command(folder: Path | None, starter: str | None, as_json: bool) -> None:
    """Create a model repo that runs. Then change it into yours.

    NAME is the new folder, and its last part is the model's name. On a terminal you are asked for what
    is missing.
    """
    is_interactive = sys.stdin.isatty() and sys.stdout.isatty() and not as_json
    folder = folder or _ask_name(is_interactive)
    check_folder_name(folder.absolute().name)
    starter = starter or _ask_starter(is_interactive)
    files = create_model_repo(folder, starter)
    if as_json:
        print_json({"model": folder.absolute().name, "folder": str(folder), "starter": starter, "files": files})
    else:
        _print_files(folder, starter, files)


def _ask_name(is_interactive: bool) -> Path:
    if not is_interactive:
        raise UsageError(f"which name? Write {find_program()} init NAME --starter {'|'.join(STARTERS)}")
    return Path(click.prompt("Name of the model (and of its folder)", value_proc=_parse_name))


def _parse_name(text: str) -> str:
    from pushtrain.errors import StarterError

    try:
        return check_folder_name(Path(text).absolute().name) and text
    except StarterError as error:
        raise click.BadParameter(str(error)) from error


def _ask_starter(is_interactive: bool) -> str:
    if not is_interactive:
        raise UsageError(f"which starter? Add --starter {'|'.join(STARTERS)}")
    for name, description in STARTERS.items():
        echo(f"  {name:<12} {description}")
    starter: str = click.prompt("Starter", type=click.Choice(list(STARTERS)), default="sklearn")
    return starter


def _print_files(folder: Path, starter: str, files: tuple[str, ...]) -> None:
    path = short_path(folder)
    secho(f"{folder.absolute().name}: {STARTERS[starter]}", bold=True)
    for file in files:
        if not file.startswith("."):
            echo(f"  {path}/{file}")
    echo(f"next  {find_program()} run {path}")
    echo("then  put your data, training and gate in place of these; check with `validate`")
