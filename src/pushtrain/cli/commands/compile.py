"""`pushtrain compile`: the workflow definition that a model repo becomes."""

from __future__ import annotations

from pathlib import Path

import click

from pushtrain.access import deployed_platform
from pushtrain.cli.options import environment_option, folder_argument
from pushtrain.cli.output import json_option, print_json


@click.command("compile")
@folder_argument
@environment_option
@json_option
def command(folder: Path, environment: str, as_json: bool) -> None:  # noqa: ARG001 - it is one JSON document anyway
    """Print the Step Functions definition of a model repo.

    Without --environment it is the one that runs on this machine; with it, the one for the
    platform that PUSHTRAIN_PLATFORM describes.
    """
    from pushtrain.cli.commands.validate import check, show_warnings
    from pushtrain.platform import Platform
    from pushtrain.workflow import compile_workflow

    platform = deployed_platform(environment) if environment else Platform.local()
    loaded = check(folder, environment, platform)
    show_warnings(loaded)
    print_json(compile_workflow(loaded.config, platform))
