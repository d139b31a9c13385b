"""Print a comparison of versions or runs for people: tables that fit the terminal, and a line for each part."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pushtrain.cli.terminal.echo import echo, secho
from pushtrain.cli.terminal.tables import measure_cell, pad, print_table, print_wide_table
from pushtrain.layout import CONFIG

if TYPE_CHECKING:
    from pushtrain.report.compare import Comparison, ComparisonRow
    from pushtrain.report.content import Column, ContentPart
    from pushtrain.reproduction.ladder import Comparison as ModelComparison

VALUE_LENGTH = 32  # characters of a value that are printed; --json has the whole value
HASH_LENGTH = 12  # characters of a commit or a revision that are printed
MAX_FILES = 4  # of a part that are named; --json names all
UNKNOWN = "not known: the input of a run or its config.yaml is gone"


def print_comparison(comparison: Comparison) -> None:
    """Print metrics, then what differs: hyperparameters, the rest of config.yaml, data, files and code."""
    _print_metrics(comparison)
    if_equal = "the same" if all(column.config for column in comparison.columns) else UNKNOWN
    _print_differences(comparison, "hyperparameters", comparison.hyperparameters, if_equal)
    _print_differences(comparison, "rest of config.yaml", comparison.config, if_equal)
    _print_data(comparison)
    if comparison.images:
        _print_differences(comparison, "image digests", comparison.images, "")
    _print_packages(comparison)
    secho("files", bold=True)
    print_table([(f"  {part.name}", _format_part(part, comparison)) for part in comparison.content])
    if comparison.noun == "version":
        same = comparison.has_same_model
        echo(f"model: {'the same bytes' if same else 'not compared; --values names the first difference'}")
    echo(f"code: {_format_code(comparison)}")


def print_models(comparisons: Mapping[int, ModelComparison], first: int) -> None:
    """Print how equal the model of each version is to that of version `first`, and the first difference."""
    from pushtrain.reproduction.ladder import RUNG_TEXTS, Rung

    secho("models", bold=True)
    for number, compared in comparisons.items():
        text = RUNG_TEXTS[compared.rung] if compared.rung >= Rung.VALUES else "different"
        count = f"{compared.equal_members} of {compared.members} files have the same bytes"
        echo(f"  version {first} → {number}  {text} · {count}")
        if compared.difference:
            echo(f"    first difference  {compared.difference}")
        for reason in compared.not_compared if compared.rung < Rung.VALUES else ():
            if not reason.startswith("predictions:"):
                echo(f"    not compared      {reason}")


def _print_metrics(comparison: Comparison) -> None:
    """Print a table of all metrics, with a `*` after the best value of a metric."""
    from pushtrain.report.metrics import label_metrics
    from pushtrain.report.scale import format_alike

    section, labels = label_metrics([row.name for row in comparison.metrics])
    secho(f"{comparison.model} · {section}" if section else comparison.model, bold=True)
    rows = []
    for row in comparison.metrics:
        texts = iter(format_alike([value for value in row.values if value is not None]))
        values = ["–" if value is None else next(texts) for value in row.values]
        cells = [f"{value} {'*' if index in row.best else ' '}" for index, value in enumerate(values)]
        rows.append((labels[row.name], *cells))
    _print_columns(comparison, rows, align_right=True)
    if any(row.best for row in comparison.metrics):
        echo("  * the better one, by the gate or the metric's common name")
    if comparison.different_data:
        names = ", ".join(f"data.{name}" for name in comparison.different_data)
        echo(f"  no better one is marked: {names} differs, so the metrics were measured on different data")


def _print_differences(comparison: Comparison, title: str, rows: Sequence[ComparisonRow], if_equal: str) -> None:
    """Print a table of `rows`, the values that differ. Without rows, print `if_equal` after the title."""
    if not rows:
        echo(f"{title}: {if_equal}")
        return
    secho(title, bold=True)
    _print_columns(comparison, [(row.name, *(_shorten(value) for value in row.values)) for row in rows])


def _print_data(comparison: Comparison) -> None:
    """Print addresses of data that differ. Data in the model repo is not printed here but among the files."""
    from pushtrain.report.content import ADDRESS_ONLY

    has_records = all(column.record for column in comparison.columns)
    outside = ", ".join(part.name for part in comparison.content if part.unknown == ADDRESS_ONLY)
    if comparison.data or not has_records:
        _print_differences(comparison, "data", comparison.data, UNKNOWN)
    elif outside:
        echo(f"{outside}: at the same address")


def _print_packages(comparison: Comparison) -> None:
    """Print packages of jobs that differ; nothing if the jobs have no lists of them, as on AWS."""
    if all(column.packages for column in comparison.columns):
        _print_differences(comparison, "packages", comparison.packages, "the same")


def _format_part(part: ContentPart, comparison: Comparison) -> str:
    """Return text such as `the same`, or `differs: train.py, lib/loss.py (only version 2)`."""
    if part.same is None:
        return f"unknown: {part.unknown}"
    if part.same:
        return "the same"
    if not part.files:
        return "differs"
    if [*part.files] == [CONFIG]:
        has_differences = comparison.hyperparameters or comparison.config or comparison.data
        return "differs" if has_differences else "differs, in no value in use"
    files = [path + _format_holders(numbers, comparison) for path, numbers in part.files.items()]
    hidden = f" and {len(files) - MAX_FILES} more: --json" if len(files) > MAX_FILES else ""
    return f"differs: {', '.join(files[:MAX_FILES])}{hidden}"


def _format_holders(numbers: Sequence[int | str], comparison: Comparison) -> str:
    """Return ` (only version 2)` for a file that only these columns have; nothing if all of them have it."""
    holders = ", ".join(map(str, numbers))
    return "" if len(numbers) == len(comparison.columns) else f" (only {comparison.noun} {holders})"


def _format_code(comparison: Comparison) -> str:
    """Return `the same`, a `git log` command that shows the changes, or else why there is no such command."""
    if comparison.same_code:
        return "the same"
    if comparison.commits and comparison.commits[0] != comparison.commits[1]:
        first, last = comparison.commits
        return f"git log {first[:HASH_LENGTH]}..{last[:HASH_LENGTH]}"
    noun = comparison.noun
    revisions = ", ".join(f"{noun} {column.number} {column.revision[:HASH_LENGTH]}" for column in comparison.columns)
    reason = "of one commit, with changes not committed" if comparison.commits else "commits are not known"
    verdict = "differs" if comparison.same_code is False else "not known whether it differs"
    return f"{verdict}, {reason}: revisions {revisions}"


def _shorten(value: object) -> str:
    """Return a value on one line of at most VALUE_LENGTH characters. A longer value is cut at its beginning."""
    text = "–" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    line = " ".join(text.split())
    return line if len(line) <= VALUE_LENGTH else f"…{line[1 - VALUE_LENGTH :]}"


def _print_columns(comparison: Comparison, rows: list[tuple[str, ...]], *, align_right: bool = False) -> None:
    """Print a table with a column for each version or run. If it is too wide, print several tables below each other."""
    heads = [f"{column.noun} {column.number}{_format_mark(column, comparison)}" for column in comparison.columns]
    widths = [max(map(measure_cell, column)) for column in zip(heads, *(row[1:] for row in rows), strict=True)]
    aligned = [
        (f"  {name}", *(pad(cell, width, align_right=align_right) for cell, width in zip(cells, widths, strict=True)))
        for name, *cells in [("", *heads), *rows]
    ]
    print_wide_table(aligned, keys=1)


def _format_mark(column: Column, comparison: Comparison) -> str:
    """Return ` (serves)` or ` (experiment)` for the head of a column; mostly nothing."""
    if column.number == comparison.serving:
        return " (serves)"
    return " (experiment)" if column.record and column.record.experiment is not None else ""
