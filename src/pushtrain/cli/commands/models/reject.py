"""`pushtrain models reject`: reject a version; if it serves, it leaves serving."""

from __future__ import annotations

from typing import Any

import click

from pushtrain.cli import completion
from pushtrain.cli.commands.models.decision import decide_version, note_option
from pushtrain.cli.options import platform_options
from pushtrain.cli.output import json_option


@click.command("reject")
@click.argument("model", shell_complete=completion.complete_models)
@click.argument("version", type=int, shell_complete=completion.complete_versions)
@note_option
@platform_options
@json_option
def command(model: str, version: int, note: str, as_json: bool, **platform_args: Any) -> None:
    """Reject a version; an approved one leaves serving."""
    decide_version(model, version, "Rejected", note, platform_args, as_json=as_json)
