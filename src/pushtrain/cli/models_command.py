"""`pushtrain models`: what is registered, the approver's decision, and the approved model."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from pushtrain.cli import completion
from pushtrain.cli.models_report import index, report
from pushtrain.cli.options import json_option, place, place_options, print_json, short, show_metrics, table
from pushtrain.registry import ModelVersion
from pushtrain.report import short_name
from pushtrain.workflow.names import metric_key

LISTED = ("model", "version", "status", "metrics", "run", "revision", "created")
FACTS = ("status", "note", "decided_by", "created", "run", "revision", "commit", "repository", "image", "artifact")


@click.group("models")
def command() -> None:
    """Registered models: list, show, report, index, approve, reject, fetch."""


command.add_command(report)
command.add_command(index)


@command.command("list")
@click.argument("model", required=False, shell_complete=completion.models)
@place_options
@json_option
def list_(model: str | None, local: bool, store: Path, environment: str, as_json: bool) -> None:
    """List model versions, oldest first."""
    from pushtrain.registry import list_versions

    with place(local, store, environment) as platform:
        found = list_versions(platform, model)
    if as_json:
        print_json([_listed(version) for version in found])
    elif not found:
        click.echo("no model is registered yet")
    else:
        rows = [(v.model, str(v.version), v.status, _gate(v), v.run, v.created) for v in found]
        table([("MODEL", "VERSION", "STATUS", "METRICS", "RUN", "CREATED"), *rows])


@command.command("show")
@click.argument("model", shell_complete=completion.models)
@click.argument("version", type=int, shell_complete=completion.versions)
@place_options
@json_option
def show(model: str, version: int, local: bool, store: Path, environment: str, as_json: bool) -> None:
    """Show one version: metrics, and which code, data and parameters made it."""
    from pushtrain.registry import show_version

    with place(local, store, environment) as platform:
        found = show_version(platform, model, version)
    if as_json:
        print_json(dataclasses.asdict(found))
    else:
        _describe(found)


def _decide(
    status: Any, done: str, model: str, version: int, note: str, where: Mapping[str, Any], as_json: bool
) -> None:
    from pushtrain.registry import decide

    with place(**where, deciding=True) as platform:
        found = decide(platform, model, version, status, note)
    if as_json:
        print_json(_listed(found))
    else:
        click.echo(f"{done}  {model} version {version} · {_gate(found)}")


@command.command("approve")
@click.argument("model", shell_complete=completion.models)
@click.argument("version", type=int, shell_complete=completion.versions)
@click.option("--note", default="", help="Why; kept with the version.")
@place_options
@json_option
def approve(model: str, version: int, note: str, as_json: bool, **where: Any) -> None:
    """Approve a version, so that it goes to serving."""
    _decide("Approved", "approved", model, version, note, where, as_json)


@command.command("reject")
@click.argument("model", shell_complete=completion.models)
@click.argument("version", type=int, shell_complete=completion.versions)
@click.option("--note", default="", help="Why; kept with the version.")
@place_options
@json_option
def reject(model: str, version: int, note: str, as_json: bool, **where: Any) -> None:
    """Reject a version; an approved one leaves serving."""
    _decide("Rejected", "rejected", model, version, note, where, as_json)


@command.command("fetch")
@click.argument("model", shell_complete=completion.models)
@click.option("--output", "-o", "target", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@click.option("--version", type=int, help="An approved version instead of the one in serving.")
@place_options
@json_option
def fetch_(model: str, target: Path | None, version: int | None, as_json: bool, **where: Any) -> None:
    """Download the approved model and check that it is what was approved."""
    from pushtrain.serving import fetch

    with place(**where) as platform:
        fetched = fetch(platform, model, version=version, target=target)
    if as_json:
        print_json({**dataclasses.asdict(fetched), "file": str(fetched.file)})
    else:
        click.echo(f"{fetched.model} version {fetched.version} · {short(fetched.file)} · sha256 {fetched.sha256}")


def _listed(version: ModelVersion) -> dict[str, Any]:
    whole = dataclasses.asdict(version)
    return {key: whole[key] for key in LISTED}


def _gate(version: ModelVersion) -> str:
    """The gate's metrics in short; without a gate the first few of all."""
    judged = {name: value for name, value in version.metrics.items() if metric_key(name) in version.properties}
    shown = list((judged or version.metrics).items())[:3]
    return ", ".join(f"{short_name(name)} {value:.4g}" for name, value in shown)


def _describe(version: ModelVersion) -> None:
    click.secho(f"{version.model} version {version.version}", bold=True)
    whole = dataclasses.asdict(version)
    rows = [(name.replace("_", " "), whole[name]) for name in FACTS if whole[name]]
    rows += [(f"{key}", value) for key, value in version.properties.items() if key.startswith("data.")]
    table([(f"  {name}", value) for name, value in rows])
    click.echo("  metrics")
    show_metrics(version.metrics)
