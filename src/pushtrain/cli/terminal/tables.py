"""Print tables with aligned columns. A table that is too wide for the terminal is cut, or split into several."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence

from pushtrain.cli.terminal.echo import echo
from pushtrain.cli.terminal.stream import DEFAULT_COLUMNS, Terminal, count_columns, cut
from pushtrain.visible import show_on_line

GAP = "  "  # between two columns of a table
MAX_METRICS = 30
MIN_WIDTH = 8  # of a column that is cut

Row = tuple[str, ...]


def print_table(rows: Sequence[Row], *, narrow: int | None = None) -> None:
    r"""Print `rows` with aligned columns. If they do not fit the terminal, the column with index `narrow` is cut.

    A character that would shift the columns, such as a newline, is written out (`\x0a`).
    """
    rows = [tuple(map(show_on_line, row)) for row in rows]
    widths = _measure(rows)
    if narrow is not None:
        excess = _total(widths) - Terminal(sys.stdout).columns
        widths[narrow] = max(MIN_WIDTH, widths[narrow] - excess) if excess > 0 else widths[narrow]
    for row in rows:
        cells = [cut(cell, widths[index]) if index == narrow else cell for index, cell in enumerate(row)]
        padded = [pad(cell, width) for cell, width in zip(cells, widths, strict=True)]
        echo(GAP.join(padded).rstrip())


def fits_terminal(rows: Sequence[Row]) -> bool:
    """Return True if the terminal is wide enough for a table of `rows`."""
    return _total(_measure(rows)) <= Terminal(sys.stdout).columns


def measure_cell(text: str) -> int:
    """Return how many columns a cell takes when it is printed."""
    return count_columns(show_on_line(text))


def pad(text: str, width: int, *, align_right: bool = False) -> str:
    """Return a cell with spaces, so that it takes `width` columns when it is printed."""
    spaces = " " * (width - measure_cell(text))
    return spaces + text if align_right else text + spaces


def print_wide_table(rows: Sequence[Row], *, keys: int) -> None:
    """Print `rows` as one table, or as several below each other if they do not fit the terminal.

    Each of the tables begins with the first `keys` columns.
    """
    for columns in _split(_measure(rows), keys):
        print_table([tuple(row[column] for column in columns) for row in rows])


def _split(widths: Sequence[int], keys: int) -> Iterator[list[int]]:
    """Yield the column indices of each table: the `keys`, then as many other columns as fit, but at least one."""
    terminal_width = shutil.get_terminal_size((DEFAULT_COLUMNS, 0)).columns
    columns = list(range(keys))
    for column in range(keys, len(widths)):
        if len(columns) > keys and _total([widths[index] for index in (*columns, column)]) > terminal_width:
            yield columns
            columns = list(range(keys))
        columns.append(column)
    if len(columns) > keys:
        yield columns


def _measure(rows: Sequence[Row]) -> list[int]:
    """Return the width of each column."""
    return [max(map(measure_cell, column)) for column in zip(*rows, strict=True)]


def _total(widths: Sequence[int]) -> int:
    """Return the width of a table whose columns have these widths."""
    return sum(widths) + len(GAP) * (len(widths) - 1)


def print_metrics(metrics: Mapping[str, float]) -> None:
    """Print up to MAX_METRICS metrics, without the cells of confusion matrices, and how many more --json has."""
    rows = [(f"    {name}", f"{value:.6g}") for name, value in metrics.items() if "confusion_matrix" not in name]
    if rows:
        print_table(rows[:MAX_METRICS])
    if hidden := len(metrics) - min(len(rows), MAX_METRICS):
        echo(f"    and {hidden} more: --json")
