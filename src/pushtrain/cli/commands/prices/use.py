"""`pushtrain prices use`: a file becomes the price table of a platform."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pushtrain.cli.options import open_platform, platform_options


@click.command("use")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@platform_options
def command(file: Path, **where: Any) -> None:
    """Make FILE the platform's price table, in place of the one before.

    Where it knows no price, those that ship with pushtrain are asked.
    """
    from pushtrain.cost import parse_prices, write_prices

    data = file.read_bytes()
    prices = parse_prices(data, file=str(file))
    with open_platform(**where, create_store=True) as platform:
        write_prices(platform, data)
    told = sum(len(rates) for sheet in prices.list_sheets() for rates in sheet.rates_by_kind.values())
    click.echo(f"{told} prices are in force")
