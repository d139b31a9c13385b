"""`pushtrain models show`: one version, and what made it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click

from pushtrain.cli import completion
from pushtrain.cli.commands.models.serving import Serving, serves, serving_versions, status
from pushtrain.cli.options import open_platform, platform_options
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.tables import print_metrics, print_table
from pushtrain.cli.terminal.version_text import format_changes
from pushtrain.registry import EarlierVersion, ModelVersion

FACTS = ("status", "note", "decided_by", "created", "run", "revision", "commit", "repository", "image", "artifact")


@click.command("show")
@click.argument("model", shell_complete=completion.complete_models)
@click.argument("version", type=int, shell_complete=completion.complete_versions)
@platform_options
@json_option
def command(model: str, version: int, local: bool, store: Path, environment: str, as_json: bool) -> None:
    """Show one version: metrics, and which code, data and parameters made it."""
    from pushtrain.registry import find_earlier_version, read_version
    from pushtrain.report.facts import is_dirty, read_run_input

    with open_platform(local, store, environment) as platform:
        found = read_version(platform, model, version)
        serving = serving_versions(platform, [model])
        changed = is_dirty(read_run_input(platform, model, found.run) if found.run else {})
        again = find_earlier_version(platform, found)
    if as_json:
        more = {"dirty": changed, "serves": serves(found, serving), "same_as": again.version if again else None}
        print_json({**dataclasses.asdict(found), **more})
    else:
        _describe(found, serving, changed, again)


def _describe(version: ModelVersion, serving: Serving, dirty: bool | None, again: EarlierVersion | None) -> None:
    click.secho(f"{version.model} version {version.version}", bold=True)
    whole = {**dataclasses.asdict(version), "status": status(version, serving)}
    whole["commit"] += format_changes(dirty)
    rows = [(name.replace("_", " "), whole[name]) for name in FACTS if whole[name]]
    rows += [(key, value) for key, value in version.properties.items() if key == "report" or key.startswith("data.")]
    rows += [("made before", str(again))] if again else []
    print_table([(f"  {name}", value) for name, value in rows])
    click.echo("  metrics")
    print_metrics(version.metrics)
