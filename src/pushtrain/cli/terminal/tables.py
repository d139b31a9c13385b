"""Tables for people, with aligned columns; on a narrow terminal they are cut or set below each other."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping

import click

from pushtrain.cli.terminal.stream import DEFAULT_COLUMNS, Terminal, count_columns, cut

MANY = 30
LEAST = 8  # columns that a column which is cut keeps


def print_table(rows: list[tuple[str, ...]], *, narrow: int | None = None) -> None:
    """Rows with aligned columns; the first is the heading. On a narrow terminal the column `narrow` is cut."""

    widths = [max(count_columns(row[column]) for row in rows) for column in range(len(rows[0]))]
    if narrow is not None:
        over = sum(widths) + 2 * (len(widths) - 1) - Terminal(sys.stdout).columns
        widths[narrow] = max(LEAST, widths[narrow] - over) if over > 0 else widths[narrow]
    for row in rows:
        cells = [
            cut(cell, width) if index == narrow else cell
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        padded = [cell + " " * (width - count_columns(cell)) for cell, width in zip(cells, widths, strict=True)]
        click.echo("  ".join(padded).rstrip())


def print_wide_table(rows: list[tuple[str, ...]], *, keys: int) -> None:
    """A table; on a narrow terminal several below each other, each of which begins with the first `keys` columns."""

    widths = [max(count_columns(row[column]) for row in rows) for column in range(len(rows[0]))]
    room = shutil.get_terminal_size((DEFAULT_COLUMNS, 0)).columns
    places = list(range(keys, len(widths)))
    while places:
        taken = [*range(keys), places.pop(0)]
        while places and sum(widths[place] + 2 for place in (*taken, places[0])) - 2 <= room:
            taken.append(places.pop(0))
        print_table([tuple(row[place] for place in taken) for row in rows])


def print_metrics(metrics: Mapping[str, float]) -> None:
    """Metrics for a person; the cells of confusion matrices are left to --json."""
    shown = {name: value for name, value in metrics.items() if "confusion_matrix" not in name}
    if shown:
        print_table([(f"    {name}", f"{value:.6g}") for name, value in [*shown.items()][:MANY]])
    if more := len(metrics) - min(len(shown), MANY):
        click.echo(f"    and {more} more: --json")
