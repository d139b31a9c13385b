"""`pushtrain models score`: let a model answer each row of a file on this computer."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import click

from pushtrain.cli import completion
from pushtrain.cli.commands.models.serve import match_image_option, start_server, version_option
from pushtrain.cli.options import platform_options
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.echo import echo
from pushtrain.local.platform import short_path


@click.command("score")
@click.argument("model", shell_complete=completion.complete_models)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--output",
    "-o",
    "target",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="OUT",
    help="File for the answers: CSV if its name ends with .csv, else a line of JSON for each answer.",
)
@version_option
@click.option(
    "--content-type", default="", help="Content type of the rows; otherwise the ending of FILE's name says it."
)
@click.option("--header", "has_header", is_flag=True, help="FILE's first line names the columns: it is not sent.")
@match_image_option
@platform_options
@json_option
def command(
    model: str,
    file: Path,
    target: Path,
    version: int | None,
    content_type: str,
    has_header: bool,
    match_image: bool,
    as_json: bool,
    **platform_args: Any,
) -> None:
    """Let a model answer each row of FILE on this computer.

    OUT gets the answers. The rows go to the same server that `models serve` starts, a hundred lines of CSV at a time,
    or one line of JSON. If the model does not answer a row, the message names its line, and OUT is not written.
    """
    from pushtrain.local.inference.request_rows import find_content_type
    from pushtrain.local.inference.score import score_file

    content_type = content_type or find_content_type(file)
    with start_server(model, version, port=0, match_image=match_image, **platform_args) as (stored, server):
        score = score_file(server, file, target, content_type=content_type, has_header=has_header)
    if as_json:
        identity = {"model": stored.model, "version": stored.version, "file": str(target)}
        print_json(identity | dataclasses.asdict(score))
        return
    echo(
        f"{stored.model} version {stored.version} · rows: {score.rows} · answers: {score.answers} · "
        f"{short_path(target)} · a request took {score.p50:.0f} ms (p50), {score.p90:.0f} ms (p90) on this computer"
    )
