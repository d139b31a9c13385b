"""`pushtrain models`: what is registered, the approver's decision, and the approved model."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pushtrain.cli import completion
from pushtrain.cli.commands.models.compare import compare as compare_
from pushtrain.cli.commands.models.report import index as index_
from pushtrain.cli.commands.models.report import report as report_
from pushtrain.cli.commands.models.serving import (
    Serving,
    number,
    say_serving,
    say_soon,
    serves,
    serving_versions,
    status,
)
from pushtrain.cli.options import open_platform, platform_options
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.tables import show_metrics, table, tables
from pushtrain.local.platform import short_path
from pushtrain.registry import Earlier, ModelVersion
from pushtrain.report import short_name
from pushtrain.workflow.names import metric_key

if TYPE_CHECKING:
    from pushtrain.report.review import Review

LISTED = ("model", "version", "status", "metrics", "run", "revision", "created")
FACTS = ("status", "note", "decided_by", "created", "run", "revision", "commit", "repository", "image", "artifact")


@click.group("models")
def command() -> None:
    """Registered models: list, show, compare, report, index, approve, reject, fetch."""


command.add_command(compare_)
command.add_command(report_)
command.add_command(index_)


@command.command("list")
@click.argument("model", required=False, shell_complete=completion.complete_models)
@platform_options
@json_option
def list_(model: str | None, local: bool, store: Path, environment: str, as_json: bool) -> None:
    """List model versions, oldest first; what serves is marked. CREATED is in UTC."""
    from pushtrain.registry import earlier_versions, list_versions

    with open_platform(local, store, environment) as platform:
        found = list_versions(platform, model)
        serving = serving_versions(platform, (version.model for version in found))
    again = earlier_versions(found)
    if as_json:
        print_json(
            [{**_listed(each), "serves": serves(each, serving), "same_as": _number(again, each)} for each in found]
        )
    elif not found:
        click.echo(f"no model is registered yet{f' in {store.resolve()}' if local else ''}")
    else:
        rows = [(v.model, str(v.version), status(v, serving), _gate(v), v.run, _minute(v)) for v in found]
        tables([("MODEL", "VERSION", "STATUS", "METRICS", "RUN", "CREATED"), *rows], keys=2)
        for version in found:
            if version.arn in again:
                click.echo(f"note  {version.model} {version.version}: {again[version.arn]}")


@command.command("show")
@click.argument("model", shell_complete=completion.complete_models)
@click.argument("version", type=int, shell_complete=completion.complete_versions)
@platform_options
@json_option
def show(model: str, version: int, local: bool, store: Path, environment: str, as_json: bool) -> None:
    """Show one version: metrics, and which code, data and parameters made it."""
    from pushtrain.registry import find_earlier, show_version
    from pushtrain.report.facts import dirty, read_input

    with open_platform(local, store, environment) as platform:
        found = show_version(platform, model, version)
        serving = serving_versions(platform, [model])
        changed = dirty(read_input(platform, model, found.run) if found.run else {})
        again = find_earlier(platform, found)
    if as_json:
        more = {"dirty": changed, "serves": serves(found, serving), "same_as": again.version if again else None}
        print_json({**dataclasses.asdict(found), **more})
    else:
        _describe(found, serving, changed, again)


def _decide(
    decision: Any, done: str, model: str, version: int, note: str, where: Mapping[str, Any], as_json: bool
) -> None:
    from pushtrain.registry import decide, show_version
    from pushtrain.report.review import review
    from pushtrain.serving import serving_now

    local = bool(where["local"])  # where the handler has run once the decision is made
    with open_platform(**where) as platform:
        seen = review(platform, show_version(platform, model, version))
        show_review(seen)
        if decision == "Approved":
            _refuse_what_changes_nothing(seen, note)
        warnings = seen.warnings if decision == "Approved" else ()
        for warning in warnings:
            click.secho(f"warning: {warning}", fg="yellow", err=True)
        found = decide(platform, model, version, decision, note)
        now = number(serving_now(platform, model)[0]) if local else None
    if as_json:
        print_json({**_listed(found), "warnings": list(warnings), **({"serves": now} if local else {})})
        return
    click.echo(f"{done}  {model} version {version} · {_gate(found)}")
    if local:
        say_serving(model, now, number(seen.serving))
    else:
        say_soon(platform, model)


def _refuse_what_changes_nothing(seen: Review, note: str) -> None:
    """An approval that is there already does not make a version serve again. Raises RegistryError."""
    from pushtrain.errors import RegistryError

    version, other = seen.version, seen.beside
    if other and version.status == "Approved" and " ".join(note.split()) in {"", version.note}:
        raise RegistryError(
            f"{version.model} version {version.version} is approved already, and version {other.version}, approved "
            f"later, serves. To go back, reject that: the highest version that is approved then serves"
        )


@command.command("approve")
@click.argument("model", shell_complete=completion.complete_models)
@click.argument("version", type=int, shell_complete=completion.complete_versions)
@click.option("--note", default="", help="Why; kept with the version.")
@platform_options
@json_option
def approve(model: str, version: int, note: str, as_json: bool, **where: Any) -> None:
    """Approve a version, so that it goes to serving.

    Shown first, and warned of: today's gate, and the version that serves.
    """
    _decide("Approved", "approved", model, version, note, where, as_json)


@command.command("reject")
@click.argument("model", shell_complete=completion.complete_models)
@click.argument("version", type=int, shell_complete=completion.complete_versions)
@click.option("--note", default="", help="Why; kept with the version.")
@platform_options
@json_option
def reject(model: str, version: int, note: str, as_json: bool, **where: Any) -> None:
    """Reject a version; an approved one leaves serving."""
    _decide("Rejected", "rejected", model, version, note, where, as_json)


@command.command("fetch")
@click.argument("model", shell_complete=completion.complete_models)
@click.option("--output", "-o", "target", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@click.option("--version", type=int, help="An approved version instead of the one in serving.")
@platform_options
@json_option
def fetch_(model: str, target: Path | None, version: int | None, as_json: bool, **where: Any) -> None:
    """Download the approved model and check that it is what was approved."""
    from pushtrain.serving import fetch

    with open_platform(**where) as platform:
        fetched = fetch(platform, model, version=version, target=target)
    if as_json:
        print_json({**dataclasses.asdict(fetched), "file": str(fetched.file)})
    else:
        click.echo(f"{fetched.model} version {fetched.version} · {short_path(fetched.file)} · sha256 {fetched.sha256}")


def _listed(version: ModelVersion) -> dict[str, Any]:
    whole = dataclasses.asdict(version)
    return {key: whole[key] for key in LISTED}


def _minute(version: ModelVersion) -> str:
    return version.created[:16].replace("T", " ")


def show_review(seen: Review) -> None:
    """What is decided on, to stderr: where it came from, today's gate, and the version that serves."""
    version = seen.version
    commit = "" if version.commit in {"", "unknown"} else f"commit {version.commit[:12]}{_changes(seen.dirty)}"
    made = [f"registered {version.created[:10]}", f"run {version.run}" if version.run else "", commit]
    click.echo(f"{version.model} version {version.version} · {' · '.join(filter(None, made))}", err=True)
    for verdict in seen.verdicts or ():
        mark = {True: click.style("✓", fg="green"), False: click.style("✗", fg="red"), None: "?"}[verdict.met]
        value = "–" if verdict.value is None else f"{verdict.value:.4g}"
        other = seen.beside.metrics.get(verdict.metric) if seen.beside else None
        beside = f"; version {seen.beside.version} {other:.4g}" if seen.beside and other is not None else ""
        bound = f"{verdict.symbol} {verdict.bound:g}"
        click.echo(f"  {mark} {short_name(verdict.metric)} {value} {bound}{beside}", err=True)


def _gate(version: ModelVersion) -> str:
    """The gate's metrics in short; without a gate the first few of all."""
    judged = {name: value for name, value in version.metrics.items() if metric_key(name) in version.properties}
    shown = list((judged or version.metrics).items())[:3]
    return ", ".join(f"{short_name(name)} {value:.4g}" for name, value in shown)


def _changes(dirty: bool | None) -> str:
    return " and changes" if dirty else ""


def _number(again: Mapping[str, Earlier], version: ModelVersion) -> int | None:
    return again[version.arn].version if version.arn in again else None


def _describe(version: ModelVersion, serving: Serving, dirty: bool | None, again: Earlier | None) -> None:
    click.secho(f"{version.model} version {version.version}", bold=True)
    whole = {**dataclasses.asdict(version), "status": status(version, serving)}
    whole["commit"] += _changes(dirty)
    rows = [(name.replace("_", " "), whole[name]) for name in FACTS if whole[name]]
    rows += [(key, value) for key, value in version.properties.items() if key == "report" or key.startswith("data.")]
    rows += [("made before", str(again))] if again else []
    table([(f"  {name}", value) for name, value in rows])
    click.echo("  metrics")
    show_metrics(version.metrics)
