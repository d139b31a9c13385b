"""`pushtrain runs report`: write the report of one run as an HTML page, whatever became of the run."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import click

from pushtrain.cli import completion
from pushtrain.cli.commands.models.report import language_option
from pushtrain.cli.options import open_platform, output_option, platform_options
from pushtrain.cli.output import json_option, print_json, write_file
from pushtrain.cli.terminal.echo import echo
from pushtrain.local.platform import short_path


@click.command("report")
@click.argument("run", shell_complete=completion.complete_runs)
@output_option("MODEL-RUN.html")
@language_option
@platform_options
@json_option
def command(run: str, target: Path | None, language: str, as_json: bool, **platform_args: Any) -> None:
    """Write the report of one run as a single HTML file.

    RUN may be the beginning of its id. The page is that of `models report`, for any run: also for one that missed its
    gate, failed or was stopped. It shows why a run failed, and the plots and training curves that exist.
    """
    from pushtrain.report import gather_run_facts
    from pushtrain.report.page import write_report
    from pushtrain.runs import find_run_or_recorded

    with open_platform(**platform_args) as platform:
        facts = gather_run_facts(platform, find_run_or_recorded(platform, run))
    now, pushtrain_version = datetime.now(UTC), metadata.version("pushtrain")
    target = target or Path(f"{facts.model}-{facts.run_id}.html")
    write_file(target, write_report(facts, language=language, now=now, pushtrain_version=pushtrain_version))
    if as_json:
        print_json({"model": facts.model, "run": facts.run_id, "file": str(target)})
    else:
        echo(f"{facts.model} run {facts.run_id} · {short_path(target)}")
