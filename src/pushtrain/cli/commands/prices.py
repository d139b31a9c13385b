"""`pushtrain prices`: the price table that `plan` and the limits of config.yaml go by."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import click

from pushtrain.cli.options import open_platform, platform_options
from pushtrain.cli.output import json_option, print_json, write_file
from pushtrain.cli.terminal.hints import find_program
from pushtrain.cli.terminal.tables import table
from pushtrain.platform import Platform


@click.group("prices")
def command() -> None:
    """Show the prices of machines, fetch them from AWS, put them in force."""


@command.command("list")
@platform_options
@json_option
def list_prices(as_json: bool, **where: Any) -> None:
    """Show the prices in force in the platform's region, each with its date."""
    from pushtrain.cost import prices_of

    with open_platform(**where) as platform:
        prices = prices_of(platform)
    known = {(kind, name) for sheet in prices.sheets() for kind, rates in sheet.rates().items() for name in rates}
    found = [(kind, name, prices.of(platform.region, kind, name)) for kind, name in sorted(known)]
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
    table([("KIND", "INSTANCE", "AN HOUR", "AS OF"), *shown])


@command.command("fetch")
@click.option("--region", required=True, metavar="REGION", help="Region whose prices are wanted, such as eu-west-1.")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path, dir_okay=False), help="File to write.")
def fetch(region: str, output: Path) -> None:
    """Ask the AWS price list for all SageMaker jobs' machines in a region.

    Needs AWS credentials that allow pricing:GetProducts. What is fetched is in force after `prices use`.
    """
    from pushtrain.cost.pricelist import fetch_table

    text = fetch_table(region, datetime.datetime.now(tz=datetime.UTC).date().isoformat())
    write_file(output, text)
    click.echo(
        f"wrote {output}; put it in force with: {find_program()} prices use {output} --environment NAME (or --local)",
        err=True,
    )


@command.command("use")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@platform_options
def use(file: Path, **where: Any) -> None:
    """Make FILE the platform's price table, in place of the one before.

    Where it knows no price, those that ship with pushtrain are asked.
    """
    from pushtrain.cost import keep_prices, parse_prices

    data = file.read_bytes()
    prices = parse_prices(data, file=str(file))
    with open_platform(**where, create_store=True) as platform:
        keep_prices(platform, data)
    told = sum(len(rates) for sheet in prices.sheets() for rates in sheet.rates().values())
    click.echo(f"{told} prices are in force")


def _remedy(platform: Platform) -> str:
    fetched = f"{find_program()} prices fetch --region {platform.region} -o prices.yaml"
    return f"{fetched}, then {find_program()} prices use prices.yaml{platform.option}"
