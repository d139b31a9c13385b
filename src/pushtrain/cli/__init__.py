"""The command line: arguments, printing and exit codes. One file per command word; the work is done by the library.

Exit codes: 0 success, 1 the run failed or the user can fix it, 2 wrong usage, 3 a bug in pushtrain, 130 interrupted.
"""

from __future__ import annotations

import gc
import importlib
import io
import os
import re
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import TYPE_CHECKING

import click

from pushtrain.catalog.not_offered import answer_command, answer_word
from pushtrain.cli.streams import describe_limit, discard_stdout, lost_writes, open_closed_streams
from pushtrain.cli.terminal.echo import echo
from pushtrain.errors import ConfigError, PushtrainError
from pushtrain.visible import show_controls

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMMANDS = {
    "init": "Create a model repo that runs. Then change it into yours.",
    "validate": "Check config.yaml and the scripts it names.",
    "compile": "Print the Step Functions definition of a model repo.",
    "graph": "Draw the workflow of a model repo.",
    "run": "Train, evaluate and register a model on this computer.",
    "plan": "Show what a push would do, without doing it.",
    "prices": "Prices of instances: list, fetch, use.",
    "push": "Upload a model repo, which starts a run on AWS.",
    "runs": "Runs: list, show, watch, logs, report, compare, stop, redrive.",
    "push-failures": "Events that no handler could process: list, replay.",
    "cache": "Results that later runs may reuse: list, forget.",
    "models": "Registered models: list, show, compare, report, index, approve, reject, fetch, serve, score.",
    "reproduce": "Train a model version again from its record, and say how equal it is.",
    "data": "Data that runs read: where-used.",
    "doctor": "Check an installation, or this computer, and say what to fix.",
    "clean": "Delete old runs, versions and Python environments of this computer.",
    "completion": "Make Tab complete commands, in bash, zsh or fish.",
}
# Base classes of the errors of boto3 and botocore, by name: a command that does not use AWS need not import them
AWS_ERRORS = {"ClientError", "BotoCoreError", "Boto3Error"}
# BotoCoreErrors about a wrong request: a bug of ours, not an answer of AWS
REQUEST_ERRORS = {
    "ParamValidationError",
    "UnknownServiceError",
}
CREDENTIAL_ERRORS = {
    "NoRegionError",
    "NoCredentialsError",
    "PartialCredentialsError",
    "TokenRetrievalError",
    "ProfileNotFound",
}
ARGUMENTS = "pushtrain.arguments"  # key in click's `meta`: the arguments as they were typed
UNKNOWN_WORD = re.compile(r"No such (?:command|option):? '?-*([\w-]+)")  # click's words
INTERRUPTED = 130
OUR_BUG = 3


class Commands(click.Group):
    """Imports a subcommand when it is called, so that `--help` and `validate` stay fast."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Store the arguments: with --json, `run_command` prints JSON even if they make no sense."""
        ctx.meta[ARGUMENTS] = tuple(args)
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the command words in the order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return the command for a word, or None if there is none."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"pushtrain.cli.commands.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def invoke(self, ctx: click.Context) -> object:
        """If the reader closes the pipe (`pushtrain ... | head`), exit with 0. click itself would exit with 1."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            discard_stdout()
            return 0

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete the command words without importing the commands."""
        from click.shell_completion import CompletionItem

        items = [CompletionItem(name, help=text) for name, text in COMMANDS.items() if name.startswith(incomplete)]
        return super().shell_complete(ctx, incomplete) if incomplete.startswith("-") else items

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write one line for each command without importing the commands."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="pushtrain", message="%(version)s")
def program() -> None:
    """Turn a push into a trained, evaluated, registered model.

    A model repo is a folder with config.yaml and the scripts it names. Start with
    `pushtrain init NAME`, check with `pushtrain validate DIR`, train on this computer with `pushtrain run DIR`, then
    decide with `pushtrain models approve MODEL VERSION --local`.
    """
    if "NO_COLOR" in os.environ:
        click.get_current_context().color = False


def main() -> None:
    """Start the `pushtrain` command."""
    gc.disable()  # importing creates no garbage, and collecting takes a quarter of a run's start; `run` enables it
    open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without ✓ shows a question mark
    signal.signal(signal.SIGTERM, _terminate)
    sys.exit(run_command(lambda: program.main(standalone_mode=False)))


def run_command(command: Callable[[], object]) -> int:
    """Run a command and return its exit code. Only this function turns exceptions into text."""
    try:
        code = command()
        sys.stdout.flush()
        if lost_writes:
            code = _print_unexpected(lost_writes.pop())
        return code if isinstance(code, int) else 0
    except click.ClickException as error:
        message = show_controls(error.message)
        if answer := _answer_unknown_word(message):
            vars(error)["possibilities"] = None
        vars(error)["message"] = f"{message}{answer}"  # click prints it itself; to mypy it is final
        error.show()
        _print_usage_document(error)
        return 2
    except PushtrainError as error:
        _print_error(error)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort) as error:
        notes = getattr(error.__cause__ or error, "__notes__", ())  # click turns Ctrl-C into an Abort
        echo("\n".join(("interrupted", *notes)), err=True)
        return INTERRUPTED
    except BrokenPipeError:  # raised by the flush above
        discard_stdout()
        return 0
    except Exception as error:  # noqa: BLE001 - the last line of defence
        return _print_unexpected(error)


def _answer_unknown_word(message: str) -> str:
    """Return what to do instead of a command or option that pushtrain does not have, such as `tune`; mostly empty."""
    unknown = UNKNOWN_WORD.match(message)
    find_answer = answer_command if message.startswith("No such command") else answer_word
    answer = find_answer(unknown[1]) if unknown else ""
    return f" {answer}" if answer else ""


def _print_limit(error: OSError, message: str) -> int:
    """Print one line about a full disk, missing rights or the like; return the exit code."""
    if error.filename is None:
        discard_stdout()
    with suppress(OSError):  # stderr may be full too; the exit code says it
        echo(message, err=True)
    return 1


def _print_usage_document(error: click.ClickException) -> None:
    """Print the JSON document of wrong usage, if the arguments hold --json and no document was printed."""
    from pushtrain.cli.output import PRINTED, print_json

    context = getattr(error, "ctx", None)
    if context and "--json" in context.meta.get(ARGUMENTS, ()) and not context.meta.get(PRINTED):
        print_json({"error": {"kind": "UsageError", "message": error.format_message()}})


def _print_error(error: PushtrainError) -> None:
    if not isinstance(error, ConfigError):
        echo(str(error), err=True)
        return
    from pushtrain.cli.terminal.excerpt import show_problem
    from pushtrain.cli.terminal.stream import Terminal

    for problem in error.problems:
        show_problem(problem, Terminal(sys.stderr))


def _print_unexpected(error: Exception) -> int:
    """Return 1 if AWS or this computer refused, which the user can fix, else 3: a bug in pushtrain."""
    if isinstance(error, OSError) and (message := describe_limit(error)):
        return _print_limit(error, message)
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if kinds & AWS_ERRORS and not kinds & REQUEST_ERRORS:
        echo(f"AWS: {' '.join(str(error).split())}", err=True)
        if kinds & CREDENTIAL_ERRORS:
            echo("try  pushtrain doctor --environment NAME, which says what is missing", err=True)
        return 1
    echo("".join(traceback.format_exception(error)), err=True, nl=False)
    echo("This is a bug in pushtrain, not in your model repo. Please report it with the lines above.", err=True)
    return OUR_BUG


def _terminate(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - signal's signature
    """Handle SIGTERM like Ctrl-C, so that running jobs are stopped."""
    raise KeyboardInterrupt
