"""`pushtrain runs`: one file per command word."""

from pushtrain.cli.commands.runs.group import command

__all__ = ["command"]
