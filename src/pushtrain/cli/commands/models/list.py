"""`pushtrain models list`: list the registered versions of all models or of one model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pushtrain.cli import completion
from pushtrain.cli.commands.models.serving import ServingVersions, format_status, is_serving, read_serving_versions
from pushtrain.cli.options import open_platform, platform_options
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.echo import echo
from pushtrain.cli.terminal.tables import print_wide_table
from pushtrain.cli.terminal.version_text import build_version_summary, format_gate_metrics
from pushtrain.registry import EarlierVersion, ModelVersion, VersionSummary
from pushtrain.visible import show_on_line

if TYPE_CHECKING:
    from pushtrain.platform import Platform

INDEX_NOTE = "as of the last run or decision of each model; --no-index asks SageMaker now"
ENVIRONMENT = 4  # the column that is left out if no version has an environment
Version = ModelVersion | VersionSummary
EarlierVersions = Mapping[str, EarlierVersion]  # ARN of a version -> an earlier version with the same content


@click.command("list")
@click.argument("model", required=False, shell_complete=completion.complete_models)
@click.option("--no-index", is_flag=True, help="Ask SageMaker about each model: slow, and true at this moment.")
@platform_options
@json_option
def command(model: str | None, no_index: bool, local: bool, store: Path, environment: str, as_json: bool) -> None:
    """List model versions, oldest first, and mark those that serve.

    Without MODEL, AWS is not asked about each model: the list comes from an index that is written when a run ends and
    when a version is approved or rejected. With MODEL, or with --no-index, SageMaker is asked.

    CREATED is in UTC. A note names versions whose code, data and parameters are those of an earlier version. With
    MODEL, a note also says if the verdict of the version that serves was changed.
    """
    from pushtrain.registry import find_earlier_versions, list_summaries
    from pushtrain.version_index import Listing, list_all_versions

    with open_platform(local, store, environment) as platform:
        listing = (
            Listing(versions=list_summaries(platform, model), serving={})
            if model
            else list_all_versions(platform, use_index=not no_index)
        )
        versions = listing.versions
        others = {version.model for version in versions} - listing.serving.keys()
        serving = {**listing.serving, **read_serving_versions(platform, others)}
        earlier_versions = find_earlier_versions(platform, versions)
        faults = _read_faults(
            platform, [version for version in versions if is_serving(version, serving)] if model else []
        )
    if as_json:
        print_json([_build_document(version, serving, earlier_versions, faults) for version in versions])
    elif versions:
        _print_versions(versions, serving, earlier_versions)
        for version in versions:
            if version.arn in faults:
                echo(show_on_line(f"note  {version.model} {version.version}: {faults[version.arn]}"))
        if listing.serving:
            echo(f"note  {INDEX_NOTE}")
    else:
        echo(f"no model is registered yet{f' in {store.resolve()}' if local else ''}")


def _read_faults(platform: Platform, versions: Iterable[Version]) -> dict[str, str]:
    """Return what is wrong with the verdict of a version, by ARN; a version with its own verdict is left out."""
    from pushtrain.registry import read_version

    faults = {version.arn: read_version(platform, version.model, version.version).verdict_fault for version in versions}
    return {arn: fault for arn, fault in faults.items() if fault}


def _build_document(
    version: Version, serving: ServingVersions, earlier_versions: EarlierVersions, faults: Mapping[str, str]
) -> dict[str, object]:
    earlier = earlier_versions.get(version.arn)
    summary = build_version_summary(version)
    document = {**summary, "serves": is_serving(version, serving), "same_as": earlier.version if earlier else None}
    return document | ({"verdict_fault": faults[version.arn]} if version.arn in faults else {})


def _print_versions(versions: Sequence[Version], serving: ServingVersions, earlier_versions: EarlierVersions) -> None:
    rows: list[tuple[str, ...]] = [
        (
            version.model,
            str(version.version),
            format_status(version, serving),
            format_gate_metrics(version),
            version.environment,
            version.run,
            version.created[:16].replace("T", " "),
        )
        for version in versions
    ]
    table: list[tuple[str, ...]] = [("MODEL", "VERSION", "STATUS", "METRICS", "ENVIRONMENT", "RUN", "CREATED"), *rows]
    if not any(row[ENVIRONMENT] for row in rows):
        table = [(*row[:ENVIRONMENT], *row[ENVIRONMENT + 1 :]) for row in table]
    print_wide_table(table, keys=2)
    for version in versions:
        if version.arn in earlier_versions:
            echo(f"note  {version.model} {version.version}: {earlier_versions[version.arn]}")
