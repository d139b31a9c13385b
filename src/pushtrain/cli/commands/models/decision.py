"""What `models approve` and `models reject` share: show the review, decide, print which version serves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from pushtrain.cli.commands.models.serving import number, say_serving, say_soon
from pushtrain.cli.options import open_platform
from pushtrain.cli.output import print_json
from pushtrain.cli.terminal.version_text import build_version_summary, format_changes, format_gate_metrics
from pushtrain.report import shorten_metric

if TYPE_CHECKING:
    from pushtrain.report.review import Review


def decide_version(
    decision: Any, done: str, model: str, version: int, note: str, where: Mapping[str, Any], as_json: bool
) -> None:
    """Show the review on stderr, decide, and print which version serves. Raises RegistryError."""
    from pushtrain.registry import decide, read_version
    from pushtrain.report.review import review_version
    from pushtrain.serving import read_serving_arns

    local = bool(where["local"])  # where the handler has run once the decision is made
    with open_platform(**where) as platform:
        seen = review_version(platform, read_version(platform, model, version))
        show_review(seen)
        if decision == "Approved":
            _refuse_what_changes_nothing(seen, note)
        warnings = seen.warnings if decision == "Approved" else ()
        for warning in warnings:
            click.secho(f"warning: {warning}", fg="yellow", err=True)
        found = decide(platform, model, version, decision, note)
        now = number(read_serving_arns(platform, model)[0]) if local else None
    if as_json:
        print_json({**build_version_summary(found), "warnings": list(warnings), **({"serves": now} if local else {})})
        return
    click.echo(f"{done}  {model} version {version} · {format_gate_metrics(found)}")
    if local:
        say_serving(model, now, number(seen.serving))
    else:
        say_soon(platform, model)


def _refuse_what_changes_nothing(seen: Review, note: str) -> None:
    """An approval that is there already does not make a version serve again. Raises RegistryError."""
    from pushtrain.errors import RegistryError

    version, other = seen.version, seen.baseline
    if other and version.status == "Approved" and " ".join(note.split()) in {"", version.note}:
        raise RegistryError(
            f"{version.model} version {version.version} is approved already, and version {other.version}, approved "
            f"later, serves. To go back, reject that: the highest version that is approved then serves"
        )


def show_review(seen: Review) -> None:
    """What is decided on, to stderr: where it came from, today's gate, and the version that serves."""
    version = seen.version
    commit = "" if version.commit in {"", "unknown"} else f"commit {version.commit[:12]}{format_changes(seen.dirty)}"
    made = [f"registered {version.created[:10]}", f"run {version.run}" if version.run else "", commit]
    click.echo(f"{version.model} version {version.version} · {' · '.join(filter(None, made))}", err=True)
    for verdict in seen.verdicts or ():
        mark = {True: click.style("✓", fg="green"), False: click.style("✗", fg="red"), None: "?"}[verdict.met]
        value = "–" if verdict.value is None else f"{verdict.value:.4g}"
        other = seen.baseline.metrics.get(verdict.metric) if seen.baseline else None
        beside = f"; version {seen.baseline.version} {other:.4g}" if seen.baseline and other is not None else ""
        bound = f"{verdict.symbol} {verdict.bound:g}"
        click.echo(f"  {mark} {shorten_metric(verdict.metric)} {value} {bound}{beside}", err=True)
