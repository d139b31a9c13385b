"""`pushtrain models index`: write a page that compares all models and versions, and the report of each version."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import click

from pushtrain.cli.commands.models.report import language_option
from pushtrain.cli.options import open_platform, platform_options
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.echo import echo
from pushtrain.local.platform import short_path


@click.command("index")
@click.option(
    "--output",
    "-o",
    "target",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Folder to write; pages of the same name are replaced.",
)
@click.option("--anew", is_flag=True, help="Write every report again with the facts of today, instead of copying it.")
@language_option
@platform_options
@json_option
def command(target: Path, anew: bool, language: str, as_json: bool, **platform_args: Any) -> None:
    """Write a page of all models, and the report of each version.

    DIR/index.html has a table of the versions of each model, which sorts by any column, and a chart of the metrics over
    the versions. The reports are copies of those that were written when the runs ended; --anew writes them again.
    """
    from pushtrain.report.gallery import write_gallery

    now, pushtrain_version = datetime.now(UTC), metadata.version("pushtrain")
    with open_platform(**platform_args) as platform:
        models, versions = write_gallery(
            platform, target, anew=anew, language=language, now=now, pushtrain_version=pushtrain_version
        )
    file = target / "index.html"
    if as_json:
        print_json({"file": str(file), "models": models, "versions": versions})
    else:
        echo(f"models: {models} · versions: {versions} · {short_path(file)}")
