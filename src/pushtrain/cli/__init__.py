"""The command line. One file per command word; only this room prints and decides exit codes.

Exit codes: 0 fine, 1 the run failed or the user can mend it, 2 usage, 3 our bug, 130 interrupted.
"""

from __future__ import annotations

import gc
import importlib
import io
import os
import signal
import sys
import traceback
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING

import click

from pushtrain.errors import ConfigError, PushtrainError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMMANDS = {
    "init": "Make a model repo that runs, to be changed into yours.",
    "validate": "Check config.yaml and the scripts it names.",
    "compile": "Print the Step Functions definition of a model repo.",
    "graph": "Draw the workflow of a model repo.",
    "run": "Train, evaluate and register a model on this machine.",
    "plan": "Show what a push would do, without doing it.",
    "prices": "Prices of instances: list, fetch, use.",
    "push": "Upload a model repo, which starts a run on AWS.",
    "runs": "Runs: list, show, watch, logs, stop, redrive.",
    "push-failures": "Events that no handler could process: list, replay.",
    "models": "Registered models: list, show, compare, report, index, approve, reject, fetch.",
    "doctor": "Examine an installation, or this machine, and say what to fix.",
    "completion": "Make Tab complete what you type, in bash, zsh or fish.",
}
# The bases of what boto3 and botocore raise, by name: commands which never reach AWS need not import them
AWS_REFUSALS = {"ClientError", "BotoCoreError", "Boto3Error"}
OUR_REQUESTS = {
    "ParamValidationError",
    "UnknownServiceError",
}  # BotoCoreErrors about what we asked for, not AWS's answer
UNCONFIGURED = {
    "NoRegionError",
    "NoCredentialsError",
    "PartialCredentialsError",
    "TokenRetrievalError",
    "ProfileNotFound",
}
TYPED = "pushtrain.typed"  # in the meta of all contexts of a command line: its words
INTERRUPTED = 130
OUR_BUG = 3


class Commands(click.Group):
    """Subcommands are imported when they are called, so that `--help` and `validate` stay fast."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keeps the words for `outcome`: who asked for JSON gets some even where the words make no sense."""
        ctx.meta[TYPED] = tuple(args)
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """In the order a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that word, None when there is none."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"pushtrain.cli.commands.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def invoke(self, ctx: click.Context) -> object:
        """A reader that has enough (`pushtrain ... | head`) ends the command well: click itself would exit with 1."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _leave_pipe()
            return 0

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The command words, without importing any."""
        from click.shell_completion import CompletionItem

        found = [CompletionItem(name, help=text) for name, text in COMMANDS.items() if name.startswith(incomplete)]
        return super().shell_complete(ctx, incomplete) if incomplete.startswith("-") else found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """One line each, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="pushtrain", message="%(version)s")
def program() -> None:
    """Turn a push into a trained, evaluated, registered model.

    A model repo is a folder with config.yaml and the scripts it names. Start with
    `pushtrain init NAME`, check with `pushtrain validate DIR`, train on this machine with `pushtrain run DIR`, then
    decide with `pushtrain models approve MODEL VERSION --local`.
    """
    if "NO_COLOR" in os.environ:
        click.get_current_context().color = False


def main() -> None:
    """Entry point of the `pushtrain` command."""
    gc.disable()  # importing makes no garbage, and looking for some costs a quarter of a run's start; `run` turns it on
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that has no ✓ shows a question mark
    signal.signal(signal.SIGTERM, _terminate)
    sys.exit(outcome(lambda: program.main(standalone_mode=False)))


def outcome(command: Callable[[], object]) -> int:
    """Run a command; its exit code. The one place that turns exceptions into text."""
    try:
        code = command()
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.ClickException as error:
        error.show()
        _answer_usage(error)
        return 2
    except PushtrainError as error:
        _show(error)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort) as error:
        notes = getattr(error.__cause__ or error, "__notes__", ())  # click makes an Abort of Ctrl-C
        click.echo("\n".join(("interrupted", *notes)), err=True)
        return INTERRUPTED
    except BrokenPipeError:  # of what is flushed at the end
        _leave_pipe()
        return 0
    except Exception as error:  # noqa: BLE001 - the last line of defence
        return _unexpected(error)


def _leave_pipe() -> None:
    """What is still to be written goes nowhere, so that the interpreter's last flush does not fail either."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _answer_usage(error: click.ClickException) -> None:
    """The document of a command line that could not be understood, where its words ask for one and none was printed."""
    from pushtrain.cli.output import PRINTED, print_json

    context = getattr(error, "ctx", None)
    if context and "--json" in context.meta.get(TYPED, ()) and not context.meta.get(PRINTED):
        print_json({"error": {"kind": "UsageError", "message": error.format_message()}})


def _show(error: PushtrainError) -> None:
    if not isinstance(error, ConfigError):
        click.echo(str(error), err=True)
        return
    from pushtrain.cli.terminal.excerpt import show_problem
    from pushtrain.cli.terminal.stream import Terminal

    for problem in error.problems:
        show_problem(problem, Terminal(sys.stderr))


def _unexpected(error: Exception) -> int:
    """AWS's refusals are the user's to mend; anything else is ours."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if kinds & AWS_REFUSALS and not kinds & OUR_REQUESTS:
        click.echo(f"AWS: {' '.join(str(error).split())}", err=True)
        if kinds & UNCONFIGURED:
            click.echo("try  pushtrain doctor --environment NAME, which says what is missing", err=True)
        return 1
    traceback.print_exception(error)
    click.echo("This is a bug in pushtrain, not in your model repo. Please report it with the lines above.", err=True)
    return OUR_BUG


def _terminate(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - signal's signature
    """End like Ctrl-C, so that running jobs are stopped and nothing is left behind."""
    raise KeyboardInterrupt
