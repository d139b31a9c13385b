"""`pushtrain completion`: the script that teaches a shell to complete our commands."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

VARIABLE = "_PUSHTRAIN_COMPLETE"  # click derives it from the program's name
PLACES = {
    "bash": "echo 'eval \"$(pushtrain completion bash)\"' >> ~/.bashrc",
    "zsh": "echo 'eval \"$(pushtrain completion zsh)\"' >> ~/.zshrc   (after compinit)",
    "fish": "pushtrain completion fish > ~/.config/fish/completions/pushtrain.fish",
}


@click.command(
    "completion", epilog="\b\nFor every new terminal:\n  " + "\n  ".join(f"{s:<5} {how}" for s, how in PLACES.items())
)
@click.argument("shell", type=click.Choice(list(PLACES)))
def command(shell: str) -> None:
    """Print the script that makes Tab complete commands, model repos, environments, models and runs.

    Models, versions and runs are those of this machine's store: Tab asks nobody over a network.
    """
    from pushtrain.cli import program

    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - click knows the three
    click.echo(kind(program, {}, "pushtrain", VARIABLE).source())
