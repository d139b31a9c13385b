"""`pushtrain models fetch`: download the approved model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import msgspec

from pushtrain.cli import completion
from pushtrain.cli.options import open_platform, output_option, platform_options
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.echo import echo
from pushtrain.local.platform import short_path


@click.command("fetch")
@click.argument("model", shell_complete=completion.complete_models)
@output_option("MODEL-VERSION.tar.gz")
@click.option("--version", type=int, help="An approved version instead of the one that serves.")
@platform_options
@json_option
def command(model: str, target: Path | None, version: int | None, as_json: bool, **platform_args: Any) -> None:
    """Download the approved model and check its SHA-256."""
    from pushtrain.serving import fetch

    with open_platform(**platform_args) as platform:
        fetched = fetch(platform, model, version=version, target=target)
    if as_json:
        print_json({**msgspec.structs.asdict(fetched), "file": str(fetched.file)})
    else:
        echo(f"{fetched.model} version {fetched.version} · {short_path(fetched.file)} · sha256 {fetched.sha256}")
