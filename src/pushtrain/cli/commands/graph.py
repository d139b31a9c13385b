"""`pushtrain graph`: the workflow of a model repo as a drawing."""

from __future__ import annotations

from pathlib import Path

import click

from pushtrain.access import deployed_platform
from pushtrain.cli.options import environment_option, folder_argument
from pushtrain.cli.output import write_file
from pushtrain.errors import UsageError

ENDINGS = {".mmd": "mermaid", ".md": "mermaid", ".dot": "dot", ".gv": "dot", ".svg": "svg"}


@click.command("graph")
@folder_argument
@environment_option
@click.option("--format", "form", type=click.Choice(["mermaid", "dot", "svg"]), help="By the ending of -o, or mermaid.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write, in place of stdout."
)
@click.option("--all", "whole", is_flag=True, help="Draw failures, and states that only hand values on, too.")
def command(folder: Path, environment: str, form: str | None, output: Path | None, whole: bool) -> None:
    """Draw the workflow of a model repo.

    As Mermaid for READMEs and wikis, as DOT for Graphviz, or as an SVG for a slide. Without --environment it
    is the workflow that runs on this machine.
    """
    from pushtrain.cli.commands.validate import check, show_warnings
    from pushtrain.graph import FORMATS, build_flow
    from pushtrain.platform import Platform
    from pushtrain.workflow import compile_workflow

    platform = deployed_platform(environment) if environment else Platform.local()
    loaded = check(folder, environment, platform)
    show_warnings(loaded)
    chosen = form or (_by_ending(output) if output else "mermaid")
    drawing = FORMATS[chosen](build_flow(compile_workflow(loaded.config, platform), with_details=whole))
    if output is None:
        click.echo(drawing, nl=False)
        return
    write_file(output, drawing)
    click.echo(f"wrote {output}", err=True)


def _by_ending(output: Path) -> str:
    """The format that a file's name asks for. Raises UsageError."""
    ending = output.suffix.lower()
    if ending and ending not in ENDINGS:
        raise UsageError(f"{output}: which format is {ending}? Those drawn are {', '.join(ENDINGS)}; or add --format")
    return ENDINGS.get(ending, "mermaid")
