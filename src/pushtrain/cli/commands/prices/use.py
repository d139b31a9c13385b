"""`pushtrain prices use`: make a file the price table of a platform."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import click

from pushtrain.cli.options import open_platform, platform_options
from pushtrain.cli.terminal.echo import echo


@click.command("use")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@platform_options
def command(file: Path, **platform_args: Any) -> None:
    """Make FILE the platform's price table.

    It replaces the price table that was in force. An instance without a price in FILE has the price that ships with
    pushtrain, if there is one.
    """
    from pushtrain.cost import parse_prices, write_prices

    content = file.read_bytes()
    prices = parse_prices(content, file=str(file))
    with open_platform(**platform_args, create_store=True) as platform:
        write_prices(platform, content)
    counts = Counter[str]()
    for sheet in prices.list_sheets():
        counts[sheet.region] += sum(map(len, sheet.rates_by_kind.values()))
    echo(f"{counts.total()} prices of {file} are now the price table of this platform")
    if not counts[platform.price_region]:
        regions = ", ".join(sorted(counts)) or "no region"
        echo(
            f"warning: none is used, because costs are computed for {platform.price_region}; they are of {regions}",
            err=True,
        )
