"""`pushtrain prices list`: print the prices by which `plan` and `limits` in config.yaml compute costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pushtrain.cli.options import open_platform, platform_options
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.echo import echo
from pushtrain.cli.terminal.hints import find_program
from pushtrain.cli.terminal.tables import print_table

if TYPE_CHECKING:
    from pushtrain.cost import Prices
    from pushtrain.platform import Platform


@click.command("list")
@platform_options
@json_option
def command(as_json: bool, **platform_args: Any) -> None:
    """List the prices in force in the platform's region.

    AS OF is the date of the price.
    """
    from pushtrain.cost import read_prices

    with open_platform(**platform_args) as platform:
        rows = _list_rows(read_prices(platform), platform.price_region)
    if as_json:
        print_json(rows)
    elif rows:
        cells = [(row["kind"], row["instance"], row["hourly"], row["as_of"]) for row in rows]
        print_table([("KIND", "INSTANCE", "AN HOUR", "AS OF"), *cells])
    else:
        echo(f"no price is known in {platform.price_region}: {_format_remedy(platform)}")


def _list_rows(prices: Prices, region: str) -> list[dict[str, str]]:
    """Return the JSON document of each price in force: kind of job, instance, price of an hour, date and source."""
    instances = {
        (kind, instance)
        for sheet in prices.list_sheets()
        for kind, rates in sheet.rates_by_kind.items()
        for instance in rates
    }
    rows = []
    for kind, instance in sorted(instances):
        if price := prices.find_price(region, kind, instance):
            row = {"kind": kind, "instance": instance, "hourly": str(price.hourly)}
            rows.append({**row, "as_of": price.as_of, "source": price.source})
    return rows


def _format_remedy(platform: Platform) -> str:
    fetch_command = f"{find_program()} prices fetch --region {platform.price_region} -o prices.yaml"
    return f"{fetch_command}, then {find_program()} prices use prices.yaml{platform.cli_option}"
