"""`pushtrain models report`: write the report of one version as an HTML page."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import click

from pushtrain.cli import completion
from pushtrain.cli.options import open_platform, output_option, platform_options
from pushtrain.cli.output import json_option, print_json, write_file
from pushtrain.cli.terminal.echo import echo
from pushtrain.local.platform import short_path

language_option = click.option(
    "--lang", "language", type=click.Choice(["en", "ko"]), default="en", show_default=True, help="Language of the page."
)


@click.command("report")
@click.argument("model", shell_complete=completion.complete_models)
@click.argument("version", type=int, shell_complete=completion.complete_versions)
@output_option("MODEL-VERSION.html")
@language_option
@platform_options
@json_option
def command(model: str, version: int, target: Path | None, language: str, as_json: bool, **platform_args: Any) -> None:
    """Write the report of one version as a single HTML file.

    The page shows the verdict of the gate, the metrics beside those of the version that serves, curves and plots, and
    the code, data and instances of the run. It loads nothing from elsewhere.
    """
    from pushtrain.registry import read_version
    from pushtrain.report import gather_facts
    from pushtrain.report.page import write_report

    with open_platform(**platform_args) as platform:
        facts = gather_facts(platform, read_version(platform, model, version))
    now, pushtrain_version = datetime.now(UTC), metadata.version("pushtrain")
    page = write_report(facts, language=language, now=now, pushtrain_version=pushtrain_version)
    target = target or Path(f"{model}-{version}.html")
    write_file(target, page)
    if as_json:
        print_json({"model": model, "version": version, "file": str(target)})
    else:
        echo(f"{model} version {version} · {short_path(target)}")
