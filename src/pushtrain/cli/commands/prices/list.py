"""`pushtrain prices list`: the price table that `plan` and the limits of config.yaml go by."""

from __future__ import annotations

from typing import Any

import click

from pushtrain.cli.options import open_platform, platform_options
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.hints import find_program
from pushtrain.cli.terminal.tables import print_table
from pushtrain.platform import Platform


@click.command("list")
@platform_options
@json_option
def command(as_json: bool, **where: Any) -> None:
    """Show the prices in force in the platform's region, each with its date."""
    from pushtrain.cost import read_prices

    with open_platform(**where) as platform:
        prices = read_prices(platform)
    known = {
        (kind, name) for sheet in prices.list_sheets() for kind, rates in sheet.rates_by_kind.items() for name in rates
    }
    found = [(kind, name, prices.find_price(platform.region, kind, name)) for kind, name in sorted(known)]
    rows = [
        {"kind": kind, "instance": name, "hourly": str(price.hourly), "as_of": price.as_of, "source": price.source}
        for kind, name, price in found
        if price
    ]
    if as_json:
        print_json(rows)
        return
    if not rows:
        click.echo(f"no price is known in {platform.region}: {_remedy(platform)}")
        return
    shown = [(row["kind"], row["instance"], row["hourly"], row["as_of"]) for row in rows]
    print_table([("KIND", "INSTANCE", "AN HOUR", "AS OF"), *shown])


def _remedy(platform: Platform) -> str:
    fetched = f"{find_program()} prices fetch --region {platform.region} -o prices.yaml"
    return f"{fetched}, then {find_program()} prices use prices.yaml{platform.cli_option}"
