"""`pushtrain compile`: print the workflow definition that a model repo becomes."""

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
def command(folder: Path, environment: str, as_json: bool) -> None:  # noqa: ARG001 - the output is JSON either way
    """Print the Step Functions definition of a model repo.

    Without --environment it is the one that runs on this computer; with it, the one for the
    platform that PUSHTRAIN_PLATFORM describes.
    """
    from pushtrain.cli.commands.validate import show_warnings
    from pushtrain.model_repo.check import check_model_repo

    platform = deployed_platform(environment) if environment else None
    overlay = platform.config_environment if platform else environment
    checked = check_model_repo(folder, overlay, platform, environment_requested=bool(environment))
    show_warnings(checked.loaded.warnings)
    print_json(checked.definition)
