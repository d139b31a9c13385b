"""`pushtrain models`: one file per command word."""

from pushtrain.cli.commands.models.group import command

__all__ = ["command"]
