"""`pushtrain models approve`: approve a version, so that it goes to serving."""

from __future__ import annotations

from typing import Any

import click

from pushtrain.cli import completion
from pushtrain.cli.commands.models.decision import decide_version, note_option
from pushtrain.cli.options import platform_options
from pushtrain.cli.output import json_option


@click.command("approve")
@click.argument("model", shell_complete=completion.complete_models)
@click.argument("version", type=int, shell_complete=completion.complete_versions)
@note_option
@platform_options
@json_option
def command(model: str, version: int, note: str, as_json: bool, **platform_args: Any) -> None:
    """Approve a version, so that it goes to serving.

    Before that, the metrics are shown against today's gate and the version that serves. Warnings do not stop the
    approval.
    """
    decide_version(model, version, "Approved", note, platform_args, as_json=as_json)
