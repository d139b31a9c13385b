"""`pushtrain graph`: draw the workflow of a model repo."""

from __future__ import annotations

from pathlib import Path

import click

from pushtrain.access import deployed_platform
from pushtrain.cli.options import environment_option, folder_argument
from pushtrain.cli.output import write_file
from pushtrain.cli.terminal.echo import echo
from pushtrain.errors import UsageError

FORMAT_BY_SUFFIX = {".mmd": "mermaid", ".md": "mermaid", ".dot": "dot", ".gv": "dot", ".svg": "svg"}


@click.command("graph")
@folder_argument
@environment_option
@click.option(
    "--format", "format_name", type=click.Choice(["mermaid", "dot", "svg"]), help="By the ending of -o, or mermaid."
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write, in place of stdout."
)
@click.option("--all", "with_details", is_flag=True, help="Draw failures, and states that only hand values on, too.")
def command(folder: Path, environment: str, format_name: str | None, output: Path | None, with_details: bool) -> None:
    """Draw the workflow of a model repo.

    As Mermaid for READMEs and wikis, as DOT for Graphviz, or as an SVG for a slide. Without --environment it
    is the workflow that runs on this computer. An arrow goes from a step to those that wait for it; a dashed
    one says that a step waits although it reads nothing from there.
    """
    from pushtrain.cli.commands.validate import show_warnings
    from pushtrain.config import list_steps
    from pushtrain.graph import FORMATS, build_flow
    from pushtrain.model_repo.check import check_model_repo
    from pushtrain.workflow.order import find_extra_waits

    platform = deployed_platform(environment) if environment else None
    overlay = platform.config_environment if platform else environment
    checked = check_model_repo(folder, overlay, platform, environment_requested=bool(environment))
    show_warnings(checked.loaded.warnings)
    format_name = format_name or (_find_format(output) if output else "mermaid")
    extra_waits = find_extra_waits({step.name: step.predecessors for step in list_steps(checked.loaded.config)})
    flow = build_flow(checked.definition, with_details=with_details, extra_waits=extra_waits)
    drawing = FORMATS[format_name](flow)
    if output is None:
        echo(drawing, nl=False)
        return
    write_file(output, drawing)
    echo(f"wrote {output}", err=True)


def _find_format(output: Path) -> str:
    """Return the format for a file name's ending. Raises UsageError if the ending belongs to no format."""
    suffix = output.suffix.lower()
    if suffix and suffix not in FORMAT_BY_SUFFIX:
        raise UsageError(
            f"{output}: which format is {suffix}? Those drawn are {', '.join(FORMAT_BY_SUFFIX)}; or add --format"
        )
    return FORMAT_BY_SUFFIX.get(suffix, "mermaid")
