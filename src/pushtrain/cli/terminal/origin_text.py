"""What a run or a model version came from, as text for people and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from pushtrain.cli.terminal.echo import echo
from pushtrain.cli.terminal.tables import print_table
from pushtrain.record import RecordedData

if TYPE_CHECKING:
    from pushtrain.lineage import Origin, OriginStep

VERSION_LENGTH = 12  # digits of a data version that are printed; `data where-used` accepts them
Rows = Iterator[tuple[str, str]]


def build_origin_document(origin: Origin | None) -> dict[str, Any] | None:
    """Return the JSON of an origin; None if it is not known."""
    return msgspec.to_builtins(origin) if origin else None


def list_origin_facts(origin: Origin) -> Rows:
    """Yield what a run came from beside its data and its steps, as (name, text)."""
    version = f", S3 version {origin.config.version}" if origin.config.version else ""
    yield "code", origin.code
    yield "config", f"{origin.config.uri}{version}"
    yield "template", origin.template
    yield "definition", f"{origin.definition.key} · {origin.definition.version}" if origin.definition else ""
    yield "pushtrain", f"{origin.pushtrain_version}{f' · {origin.runtime}' if origin.runtime else ''}"
    yield "trigger", origin.trigger


def list_data_facts(data: Mapping[str, RecordedData]) -> Rows:
    """Yield the address and version of each data entry, as (name, text)."""
    for name, entry in data.items():
        yield f"data.{name}", entry.address
        yield "", describe_data(entry)


def describe_data(entry: RecordedData) -> str:
    """Return `version 906aa68d1ef2 · 412 objects · 3,100,412 bytes`, as far as it is known."""
    if entry.version is None:
        return "version unknown: its objects could not be listed"
    count = f"{entry.objects} object{'' if entry.objects == 1 else 's'}"
    return f"version {entry.version[:VERSION_LENGTH]} · {count} · {entry.bytes or 0:,} bytes"


def print_steps(origin: Origin) -> None:
    """Print what each step came from: its job, image, inputs, parameters, and how many packages were installed."""
    if not origin.steps:
        return
    echo("  steps")
    rows: list[tuple[str, str, str]] = []
    for step in origin.steps:
        facts = [(name, text) for name, text in _list_step_facts(origin, step) if text]
        rows += [("    " if index else f"    {step.name}", *fact) for index, fact in enumerate(facts)]
    print_table(rows)


def _list_step_facts(origin: Origin, step: OriginStep) -> Rows:
    imitated = " (imitated on this computer)" if step.image and origin.runtime else ""
    yield "image", f"{step.image or 'unknown'}{imitated}"
    yield "digest", str(step.digest) if step.digest else ""
    yield "reads", ", ".join(f"{name} = {source}" for name, source in step.inputs.items())
    yield "parameters", _format_parameters(step.parameters)
    yield "packages", _count_packages(step)
    yield "job", f"{step.job}{f', reused from run {step.run}' if step.run != origin.run else ''}"
    yield "checkpoints", f"of run {origin.resumed_from[step.name]}" if step.name in origin.resumed_from else ""


def _count_packages(step: OriginStep) -> str:
    """Return how many packages are known: all that were installed, or those that pip added to the image."""
    if step.packages is not None:
        count = f"{len(step.packages)} installed: --json"
        return f"{step.framework} · {count}" if step.framework else count
    return "unknown" if step.added_packages is None else f"{len(step.added_packages)} added to the image: --json"


def _format_parameters(parameters: Mapping[str, Any]) -> str:
    """Return the parameters that are set, without the script's name: `hyperparameters={"lr": 0.01}, instances=1`."""
    members = {
        name: value for name, value in parameters.items() if value not in (None, {}, [], "") and name != "script"
    }
    return ", ".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in members.items())
