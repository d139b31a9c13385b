"""`pushtrain models show`: print all that is known about one version."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

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
from pushtrain.cli.terminal.candidate_text import format_candidate_results
from pushtrain.cli.terminal.echo import echo, secho
from pushtrain.cli.terminal.hints import find_program
from pushtrain.cli.terminal.origin_text import (
    build_origin_document,
    list_data_facts,
    list_origin_facts,
    print_steps,
)
from pushtrain.cli.terminal.tables import print_metrics, print_table
from pushtrain.cli.terminal.verdict_text import format_verdict
from pushtrain.cli.terminal.version_text import format_changes, list_model_facts
from pushtrain.registry import EarlierVersion, ModelVersion
from pushtrain.visible import show_on_line

if TYPE_CHECKING:
    from pushtrain.lineage import Origin
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
    """Show one version: its metrics, and everything it came from.

    That is code, config.yaml, data, and for each step its image, parameters and packages.
    """
    from pushtrain.lineage import read_origin
    from pushtrain.registry import find_earlier_version, read_version
    from pushtrain.serving import read_decisions

    with open_platform(local, store, environment) as platform:
        model_version = read_version(platform, model, version)
        serving = read_serving_versions(platform, [model])
        origin = read_origin(platform, model, model_version.run) if model_version.run else None
        earlier = find_earlier_version(platform, model_version)
        decisions = read_if_allowed(lambda: read_decisions(platform, model, version))
    if as_json:
        document = msgspec.to_builtins(model_version)
        document |= {"dirty": origin.git.dirty if origin else None, "serves": is_serving(model_version, serving)}
        document |= {"environment": origin.environment if origin else None}
        document |= {"decisions": None if decisions is None else [decision.to_document() for decision in decisions]}
        document |= {"same_as": earlier.version if earlier else None}
        document |= {"data_changed": origin.data_changed if origin else ()}
        print_json(document | {"origin": build_origin_document(origin)})
    else:
        _print_version(model_version, serving, earlier, origin, platform.cli_option)
        _print_decisions(decisions or ())


def _print_version(
    version: ModelVersion,
    serving: ServingVersions,
    earlier: EarlierVersion | None,
    origin: Origin | None,
    cli_option: str,
) -> None:
    """Print facts, origin and metrics. `earlier`: an earlier version of the same code, data and parameters."""
    secho(f"{version.model} version {version.version}", bold=True)
    _print_candidates(version, cli_option)
    facts = {**msgspec.to_builtins(version), "status": format_status(version, serving)}
    facts["commit"] += format_changes(origin.git.dirty if origin else None)
    facts["environment"] = origin.environment if origin else ""
    rows = [(name.replace("_", " "), facts[name]) for name in FACTS if facts[name]]
    rows += [("verdict", version.verdict_fault)] if version.verdict_fault else []
    rows += list_model_facts(version)
    rows += [(key, value) for key, value in version.properties.items() if key == "report"]
    rows += [(name, text) for name, text in list_origin_facts(origin) if text] if origin else []
    rows += list_data_facts(origin.data) if origin else _list_data_addresses(version)
    rows += [("made before", str(earlier))] if earlier else []
    rows += [("changed during the run", f"data.{name}") for name in origin.data_changed] if origin else []
    print_table([(f"  {name}", value) for name, value in rows])
    if origin:
        print_steps(origin)
    for line in format_verdict(version.verdict):
        echo(show_on_line(f"  {line}"))
    echo("  metrics")
    print_metrics(version.metrics)


def _print_candidates(version: ModelVersion, cli_option: str) -> None:
    """Print the candidates of the run. A verdict does not say why a job failed, so name the command that does."""
    for line in format_candidate_results(version.verdict):
        echo(f"  {line}")
    if version.verdict and any(result.reason for result in version.verdict.candidates):
        echo(f"  why a candidate failed: {find_program()} runs show {version.run}{cli_option}")


def _list_data_addresses(version: ModelVersion) -> list[tuple[str, str]]:
    """Return the address of each data entry, as the registry has it: the run's record is gone."""
    return [(key, value) for key, value in version.properties.items() if key.startswith("data.")]


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
