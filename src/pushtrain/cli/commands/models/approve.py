"""`pushtrain models approve`: a version goes to serving."""

from __future__ import annotations

from typing import Any

import click

from pushtrain.cli import completion
from pushtrain.cli.commands.models.decision import decide_version
from pushtrain.cli.options import platform_options
from pushtrain.cli.output import json_option


@click.command("approve")
@click.argument("model", shell_complete=completion.complete_models)
@click.argument("version", type=int, shell_complete=completion.complete_versions)
@click.option("--note", default="", help="Why; kept with the version.")
@platform_options
@json_option
def command(model: str, version: int, note: str, as_json: bool, **where: Any) -> None:
    """Approve a version, so that it goes to serving.

    Shown first, and warned of: today's gate, and the version that serves.
    """
    decide_version("Approved", "approved", model, version, note, where, as_json)
