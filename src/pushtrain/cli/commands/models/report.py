"""`pushtrain models report`: what an approver looks at, as a page to keep."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import click

from pushtrain.cli import completion
from pushtrain.cli.options import open_platform, platform_options
from pushtrain.cli.output import json_option, print_json, write_file
from pushtrain.local.platform import short_path

language_option = click.option(
    "--lang", "language", type=click.Choice(["en", "ko"]), default="en", show_default=True, help="Language of the page."
)


@click.command("report")
@click.argument("model", shell_complete=completion.complete_models)
@click.argument("version", type=int, shell_complete=completion.complete_versions)
@click.option(
    "--output",
    "-o",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where to write it.",
)
@language_option
@platform_options
@json_option
def command(model: str, version: int, target: Path | None, language: str, as_json: bool, **where: Any) -> None:
    """Write the report of one version: a single HTML file that loads nothing.

    It tells the verdict of the gate, the metrics beside the version that serves, curves and plots,
    and which code, data and machines made the model. FILE is MODEL-VERSION.html here unless named.
    """
    from pushtrain.registry import read_version
    from pushtrain.report import gather_facts
    from pushtrain.report.page import write_report

    with open_platform(**where) as platform:
        facts = gather_facts(platform, read_version(platform, model, version))
    text = write_report(
        facts, language=language, now=datetime.now(UTC), pushtrain_version=metadata.version("pushtrain")
    )
    target = target or Path(f"{model}-{version}.html")
    write_file(target, text)
    if as_json:
        print_json({"model": model, "version": version, "file": str(target)})
    else:
        click.echo(f"{model} version {version} · {short_path(target)}")
