"""`pushtrain models show`: print all that is known about one version."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pushtrain.cli import completion
from pushtrain.cli.commands.models.serving import (
    ServingVersions,
    format_status,
    is_serving,
    read_if_allowed,
    read_serving_versions,
)
from pushtrain.cli.options import open_platform, platform_options
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.echo import echo, secho
from pushtrain.cli.terminal.tables import print_metrics, print_table
from pushtrain.cli.terminal.version_text import format_changes, list_serving_facts
from pushtrain.registry import EarlierVersion, ModelVersion

if TYPE_CHECKING:
    from pushtrain.serving import Decision

FACTS = (
    "status",
    "note",
    "decided_by",
    "created",
    "environment",
    "run",
    "revision",
    "commit",
    "repository",
    "image",
    "artifact",
)


@click.command("show")
@click.argument("model", shell_complete=completion.complete_models)
@click.argument("version", type=int, shell_complete=completion.complete_versions)
@platform_options
@json_option
def command(model: str, version: int, local: bool, store: Path, environment: str, as_json: bool) -> None:
    """Show one version: its metrics, code, data and parameters."""
    from pushtrain.registry import find_earlier_version, read_version
    from pushtrain.runs import read_run_record, read_run_result
    from pushtrain.serving import read_decisions

    with open_platform(local, store, environment) as platform:
        model_version = read_version(platform, model, version)
        serving = read_serving_versions(platform, [model])
        run = model_version.run
        record = read_run_record(platform, model, run) if run else None
        dirty = record.git.dirty if record else None
        result = read_run_result(platform, model, run) if run else None
        changed_data = result.data_changed if result else ()
        earlier = find_earlier_version(platform, model_version)
        decisions = read_if_allowed(lambda: read_decisions(platform, model, version))
    if as_json:
        document = dataclasses.asdict(model_version)
        document |= {"dirty": dirty, "serves": is_serving(model_version, serving)}
        document |= {"environment": record.environment if record else None}
        document |= {"decisions": None if decisions is None else [decision.to_document() for decision in decisions]}
        print_json(document | {"same_as": earlier.version if earlier else None, "data_changed": changed_data})
    else:
        _print_version(model_version, serving, dirty, earlier, changed_data, record.environment if record else "")
        _print_decisions(decisions or ())


def _print_version(
    version: ModelVersion,
    serving: ServingVersions,
    dirty: bool | None,
    earlier: EarlierVersion | None,
    changed_data: Sequence[str],
    environment: str,
) -> None:
    """Print facts and metrics.

    `dirty`: the push had changes that its commit lacks. `earlier`: an earlier version of the same code, data and
    parameters. `changed_data`: names of data that was replaced while the run went on.
    """
    secho(f"{version.model} version {version.version}", bold=True)
    facts = {**dataclasses.asdict(version), "status": format_status(version, serving)}
    facts["commit"] += format_changes(dirty)
    facts["environment"] = environment
    rows = [(name.replace("_", " "), facts[name]) for name in FACTS if facts[name]]
    rows += list_serving_facts(version)
    rows += [(key, value) for key, value in version.properties.items() if key == "report" or key.startswith("data.")]
    rows += [("made before", str(earlier))] if earlier else []
    rows += [("changed during the run", f"data.{name}") for name in changed_data]
    print_table([(f"  {name}", value) for name, value in rows])
    echo("  metrics")
    print_metrics(version.metrics)


def _print_decisions(decisions: Sequence[Decision]) -> None:
    """Print a line for each decision about the version, oldest first."""
    if not decisions:
        return
    echo("  decisions")
    rows = [
        (
            f"    {decision.decided_at[:16].replace('T', ' ')}",
            decision.status,
            decision.approver_name or "?",
            decision.note,
        )
        for decision in decisions
    ]
    print_table(rows)
