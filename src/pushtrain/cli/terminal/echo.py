"""The one place that prints text: `click.echo` and `click.secho` without characters that the terminal would obey."""

from __future__ import annotations

from typing import IO

import click

from pushtrain.visible import show_controls, show_controls_but_styles


def echo(
    text: str = "", *, err: bool = False, file: IO[str] | None = None, nl: bool = True, color: bool | None = None
) -> None:
    r"""Print a line. Controls of other people's texts are written out (`\x1b`); our own colours stay."""
    click.echo(show_controls_but_styles(text), err=err, file=file, nl=nl, color=color)


def secho(
    text: str, *, fg: str | None = None, bold: bool | None = None, dim: bool | None = None, err: bool = False
) -> None:
    """Print a line in one style."""
    echo(click.style(show_controls(text), fg=fg, bold=bold, dim=dim), err=err)
