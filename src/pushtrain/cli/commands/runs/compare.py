"""`pushtrain runs compare`: print runs side by side: metrics, and what differs between them."""

from __future__ import annotations

from typing import Any

import click

from pushtrain.cli import completion
from pushtrain.cli.commands.models.compare import build_document
from pushtrain.cli.commands.models.comparison_text import print_comparison
from pushtrain.cli.options import open_platform, platform_options
from pushtrain.cli.output import json_option, print_json


@click.command("compare")
@click.argument("runs", nargs=-1, required=True, metavar="RUN RUN...", shell_complete=completion.complete_runs)
@platform_options
@json_option
def command(runs: tuple[str, ...], as_json: bool, **platform_args: Any) -> None:
    """Compare runs: metrics, parameters, data and code.

    RUN may be the beginning of its id. The runs are of one model; they need not have registered a version. The best
    value of each metric is marked, if all were measured on the same data. Of hyperparameters, the rest of config.yaml,
    data, packages and files, only differences are printed.
    """
    from pushtrain.report.compare import compare_runs
    from pushtrain.runs import find_run_or_recorded

    with open_platform(**platform_args) as platform:
        comparison = compare_runs(platform, [find_run_or_recorded(platform, run) for run in runs])
    if as_json:
        print_json(build_document(comparison))
    else:
        print_comparison(comparison)
