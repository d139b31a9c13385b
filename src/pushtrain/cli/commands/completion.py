"""`pushtrain completion`: print the script that makes Tab complete our commands in a shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from pushtrain.cli.terminal.echo import echo

VARIABLE = "_PUSHTRAIN_COMPLETE"  # click derives it from the program's name
INSTALL_COMMANDS = {
    "bash": "echo 'eval \"$(pushtrain completion bash)\"' >> ~/.bashrc",
    "zsh": "echo 'eval \"$(pushtrain completion zsh)\"' >> ~/.zshrc   (after compinit)",
    "fish": "pushtrain completion fish > ~/.config/fish/completions/pushtrain.fish",
}


@click.command(
    "completion",
    epilog="\b\nFor every new terminal:\n  "
    + "\n  ".join(f"{shell:<5} {install}" for shell, install in INSTALL_COMMANDS.items()),
)
@click.argument("shell", type=click.Choice(list(INSTALL_COMMANDS)))
def command(shell: str) -> None:
    """Print the script that makes Tab complete commands, model repos, environments, models and runs.

    Models, versions and runs are those in the store of this computer: Tab uses no network.
    """
    from pushtrain.cli import program

    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - click knows the three
    echo(kind(program, {}, "pushtrain", VARIABLE).source())
