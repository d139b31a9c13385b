"""`pushtrain prices fetch`: write a price table from the AWS price list."""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from pushtrain.cli.output import write_file
from pushtrain.cli.terminal.echo import echo
from pushtrain.cli.terminal.hints import find_program


@click.command("fetch")
@click.option("--region", required=True, metavar="REGION", help="Region of the prices, such as eu-west-1.")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path, dir_okay=False), help="File to write.")
def command(region: str, output: Path) -> None:
    """Fetch the prices of a region from the AWS price list.

    The file has the prices of all instances for SageMaker training and processing jobs. They are in force after
    `prices use`. Needs AWS credentials that allow pricing:GetProducts.
    """
    from pushtrain.cost.aws_price_list import fetch_table

    price_table = fetch_table(region, datetime.datetime.now(tz=datetime.UTC).date().isoformat())
    write_file(output, price_table)
    echo(
        f"wrote {output}; put it in force with: {find_program()} prices use {output} --environment NAME (or --local)",
        err=True,
    )
