"""A group imports a command when it is called."""

from __future__ import annotations

import subprocess
import sys

import click

from pushtrain.cli.command_group import CommandGroup

GROUP = CommandGroup("prices", package="pushtrain.cli.commands.prices", words=("list", "fetch", "use"))
CALL = """
import sys
from pushtrain.cli import program
program.main(["prices", "use", "--help"], standalone_mode=False)
print(*sorted(name for name in sys.modules if name.startswith("pushtrain.cli.commands.prices.")), file=sys.stderr)
"""


def test_it_has_the_commands_of_its_words() -> None:
    context = click.Context(GROUP)
    assert GROUP.list_commands(context) == ["fetch", "list", "use"]
    assert {word: command.name for word, command in GROUP.commands.items()} == {
        word: word for word in ("list", "fetch", "use")
    }
    assert GROUP.get_command(context, "none") is None


def test_other_commands_are_not_imported() -> None:
    process = subprocess.run([sys.executable, "-c", CALL], capture_output=True, text=True, check=True)
    assert process.stderr == "pushtrain.cli.commands.prices.use\n"
