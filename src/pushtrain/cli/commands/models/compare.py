"""`pushtrain models compare`: versions side by side, as tables that fit the terminal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from pushtrain.cli import completion
from pushtrain.cli.options import open_platform, platform_options
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.tables import print_table, print_wide_table
from pushtrain.model_repo.manifest import CONFIG

if TYPE_CHECKING:
    from pushtrain.report.compare import Comparison, ComparisonRow
    from pushtrain.report.content import ContentPart

WAYS = {1: "higher", -1: "lower", 0: None}
LONGEST = 32  # characters of a value; --json has all of it
FILES = 4  # of a part that are named; --json has all
GONE = "not known: what a run was told is gone"
HEAD = ("status", "created", "run", "revision")


@click.command("compare")
@click.argument("model", shell_complete=completion.complete_models)
@click.argument(
    "versions", type=int, nargs=-1, required=True, metavar="V1 V2...", shell_complete=completion.complete_versions
)
@platform_options
@json_option
def command(model: str, versions: tuple[int, ...], as_json: bool, **where: Any) -> None:
    """Compare versions: metrics, with the better one marked, and what differs in what made them.

    What differs is told of hyperparameters, the rest of config.yaml, data and code.
    """
    from pushtrain.report.compare import compare_versions as compared

    with open_platform(**where) as platform:
        found = compared(platform, model, versions)
    if as_json:
        print_json(document(found))
    else:
        _show(found)


def document(found: Comparison) -> dict[str, Any]:
    """The JSON: lists of values are in the order of `versions`."""
    metrics = [
        {
            "metric": line.name,
            "values": list(line.values),
            "better": WAYS[line.direction],
            "best": [found.columns[place].version.version for place in line.best],
        }
        for line in found.metrics
    ]
    heads = [{"version": each.version.version} | {k: getattr(each.version, k) for k in HEAD} for each in found.columns]
    commits = [each.version.commit for each in found.columns]
    between = "..".join(found.commits) if found.commits else None
    return {
        "model": found.model,
        "serving": found.serving,
        "versions": heads,
        "metrics": metrics,
        **{name: _changes(getattr(found, name)) for name in ("hyperparameters", "config", "data")},
        "content": [_part(each) for each in found.content],
        "code": {"same": found.same_code, "commits": commits, "range": between},
    }


def _part(part: ContentPart) -> dict[str, Any]:
    files = [{"path": path, "versions": list(versions)} for path, versions in part.files.items()]
    return {"part": part.name, "same": part.same, "files": files, "unknown": part.unknown or None}


def _changes(lines: Sequence[ComparisonRow]) -> list[dict[str, Any]]:
    return [{"name": line.name, "values": list(line.values)} for line in lines]


def _show(found: Comparison) -> None:
    from pushtrain.report.metrics import label_metrics
    from pushtrain.report.scale import format_number

    section, named = label_metrics([line.name for line in found.metrics])
    click.secho(f"{found.model} · {section}" if section else found.model, bold=True)
    rows = []
    for line in found.metrics:
        values = ["–" if value is None else format_number(value) for value in line.values]
        marked = [f"{value} {'*' if place in line.best else ' '}" for place, value in enumerate(values)]
        rows.append((named[line.name], *marked))
    _tables(found, rows, right=True)
    if any(line.best for line in found.metrics):
        click.echo("  * the better one, by the gate or the metric's common name")
    read = all(made.config for made in found.columns)
    _differences(found, "hyperparameters", found.hyperparameters, "the same" if read else GONE)
    _differences(found, "rest of config.yaml", found.config, "the same" if read else GONE)
    _data(found)
    _content(found)
    _code(found)


def _differences(found: Comparison, title: str, lines: Sequence[ComparisonRow], otherwise: str) -> None:
    if not lines:
        click.echo(f"{title}: {otherwise}")
        return
    click.secho(title, bold=True)
    _tables(found, [(line.name, *(_short(value) for value in line.values)) for line in lines])


def _data(found: Comparison) -> None:
    """Where data lay that is known by address alone; of what lies in the model repo, its files tell."""
    from pushtrain.report.content import ADDRESS_ONLY

    known = all(made.run_input for made in found.columns)
    elsewhere = ", ".join(part.name for part in found.content if part.unknown == ADDRESS_ONLY)
    if found.data or not known:
        _differences(found, "data", found.data, GONE)
    elif elsewhere:
        click.echo(f"{elsewhere}: at the same address")


def _content(found: Comparison) -> None:
    click.secho("files", bold=True)
    print_table([(f"  {part.name}", _said(part, found)) for part in found.content])


def _said(part: ContentPart, found: Comparison) -> str:
    if part.same is None:
        return f"unknown: {part.unknown}"
    if part.same:
        return "the same"
    if [*part.files] == [CONFIG]:
        return "differs" if found.hyperparameters or found.config or found.data else "differs, in no value in use"
    files = [path + _holders(versions, found) for path, versions in part.files.items()]
    more = f" and {len(files) - FILES} more: --json" if len(files) > FILES else ""
    return f"differs: {', '.join(files[:FILES])}{more}"


def _holders(versions: Sequence[int], found: Comparison) -> str:
    return "" if len(versions) == len(found.columns) else f" (only version {', '.join(map(str, versions))})"


def _code(found: Comparison) -> None:
    if found.same_code:
        click.echo("code: the same")
    elif found.commits and found.commits[0] != found.commits[1]:
        click.echo(f"code: git log {found.commits[0][:12]}..{found.commits[1][:12]}")
    else:
        revisions = ", ".join(f"version {made.version.version} {made.version.revision[:12]}" for made in found.columns)
        why = "of one commit, with changes not committed" if found.commits else "commits are not known"
        differs = "differs" if found.same_code is False else "not known whether it differs"
        click.echo(f"code: {differs}, {why}: revisions {revisions}")


def _short(value: object) -> str:
    shown = "–" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    line = " ".join(shown.split())
    return line if len(line) <= LONGEST else f"…{line[1 - LONGEST :]}"


def _tables(found: Comparison, rows: list[tuple[str, ...]], *, right: bool = False) -> None:
    """As many versions beside each other as the terminal has room for, the rest below."""
    heads = [_head(made.version.version, found.serving) for made in found.columns]
    widths = [max(len(cell) for cell in (head, *(row[place + 1] for row in rows))) for place, head in enumerate(heads)]
    aligned = [(f"  {row[0]}", *_aligned(row[1:], widths, right=right)) for row in [("", *heads), *rows]]
    print_wide_table(aligned, keys=1)


def _head(version: int, serving: int | None) -> str:
    return f"version {version} (serves)" if version == serving else f"version {version}"


def _aligned(cells: Sequence[str], widths: Sequence[int], *, right: bool) -> list[str]:
    return [cell.rjust(width) if right else cell for cell, width in zip(cells, widths, strict=True)]
