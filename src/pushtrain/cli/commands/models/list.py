"""`pushtrain models list`: the registered versions of all models or of one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from pushtrain.cli import completion
from pushtrain.cli.commands.models.serving import serves, serving_versions, status
from pushtrain.cli.options import open_platform, platform_options
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.tables import print_wide_table
from pushtrain.cli.terminal.version_text import build_version_summary, format_gate_metrics
from pushtrain.registry import EarlierVersion, ModelVersion


@click.command("list")
@click.argument("model", required=False, shell_complete=completion.complete_models)
@platform_options
@json_option
def command(model: str | None, local: bool, store: Path, environment: str, as_json: bool) -> None:
    """List model versions, oldest first; what serves is marked. CREATED is in UTC."""
    from pushtrain.registry import find_earlier_versions, list_versions

    with open_platform(local, store, environment) as platform:
        found = list_versions(platform, model)
        serving = serving_versions(platform, (version.model for version in found))
    again = find_earlier_versions(found)
    if as_json:
        print_json(
            [
                {**build_version_summary(each), "serves": serves(each, serving), "same_as": _number(again, each)}
                for each in found
            ]
        )
    elif not found:
        click.echo(f"no model is registered yet{f' in {store.resolve()}' if local else ''}")
    else:
        rows = [(v.model, str(v.version), status(v, serving), format_gate_metrics(v), v.run, _minute(v)) for v in found]
        print_wide_table([("MODEL", "VERSION", "STATUS", "METRICS", "RUN", "CREATED"), *rows], keys=2)
        for version in found:
            if version.arn in again:
                click.echo(f"note  {version.model} {version.version}: {again[version.arn]}")


def _number(again: Mapping[str, EarlierVersion], version: ModelVersion) -> int | None:
    return again[version.arn].version if version.arn in again else None


def _minute(version: ModelVersion) -> str:
    return version.created[:16].replace("T", " ")
