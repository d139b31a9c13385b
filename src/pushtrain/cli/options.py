"""Options that several commands share, and what they choose: the platform, the store, the kind of output."""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast
from uuid import uuid4

import click

from pushtrain.cli import completion
from pushtrain.errors import ConfigError, UsageError
from pushtrain.platform import VARIABLE, Platform, parameter

Command = TypeVar("Command", bound=Callable[..., Any])

STORE = "PUSHTRAIN_STORE"
PRINTED = "pushtrain.printed"  # in a click context's meta: the command has printed its document
DEFAULT_STORE = Path(".pushtrain")
MANY = 30
LEAST = 8  # columns that a column which is cut keeps

folder_argument = click.argument(
    "folder", metavar="DIR", type=click.Path(path_type=Path), shell_complete=completion.folders
)
environment_option = click.option(
    "--environment",
    "-e",
    default="",
    metavar="NAME",
    help="Overlay of config.yaml to use, such as dev or prod.",
    shell_complete=completion.environments,
)
store_option = click.option(
    "--store",
    type=click.Path(path_type=Path),
    envvar=STORE,
    default=DEFAULT_STORE,
    show_default=True,
    help=f"Folder that keeps what runs on this machine made (or ${STORE}).",
)
local_option = click.option("--local", is_flag=True, help="Look at this machine's runs instead of AWS.")


def json_option(command: Command) -> Command:
    """--json. A command that fails without its document prints `{"error": {"kind", "message"}}` instead."""

    @functools.wraps(command)
    def told(*words: Any, **options: Any) -> Any:
        try:
            return command(*words, **options)
        except Exception as error:
            if options["as_json"] and not click.get_current_context().meta.get(PRINTED):
                print_json({"error": failure(error)})
            raise

    option = click.option("--json", "as_json", is_flag=True, help="Print exactly one JSON document on stdout.")
    return cast("Command", option(told))


def failure(error: Exception) -> dict[str, Any]:
    """An error as --json tells it; with the single problems where it holds some."""
    problems = [dataclasses.asdict(problem) for problem in error.problems] if isinstance(error, ConfigError) else []
    told = {"kind": type(error).__name__, "message": str(error)}
    return {**told, "problems": problems} if problems else told


def place_options(command: Command) -> Command:
    """--local, --store and --environment: where to look."""
    return local_option(store_option(environment_option(command)))


def deployed(environment: str) -> Platform:
    """The deployed platform of an environment: what PUSHTRAIN_PLATFORM says, else what the deployment published.

    Raises UsageError when neither tells, or when it is another environment's.
    """
    if VARIABLE in os.environ:
        platform, origin = Platform.from_environment(), VARIABLE
    elif environment:
        platform, origin = _published(environment), parameter(environment)
    else:
        raise UsageError(f"which platform? Give --environment NAME (its SSM parameter {parameter('NAME')}), or {_SET}")
    if environment and environment != platform.environment:
        raise UsageError(f"{origin} describes environment {platform.environment!r}, not {environment!r}")
    return platform


_SET = f"set {VARIABLE} to what the deployment of the platform published"


def _published(environment: str) -> Platform:
    """The platform in the SSM parameter, in the account and region of the user's AWS configuration."""
    from pushtrain import aws

    ssm, name = aws.client("ssm"), parameter(environment)
    try:
        text = ssm.get_parameter(Name=name)["Parameter"]["Value"]
    except ssm.exceptions.ParameterNotFound as error:
        region = ssm.meta.region_name
        said = f"there is no SSM parameter {name} in {region}: is {environment!r} deployed in this account and region?"
        raise UsageError(f"{said} Or {_SET}") from error
    return Platform.from_json(text, origin=name)


def here(environment: str, store: Path) -> Platform:
    """This machine's platform; hints name its store where it is none that a command finds by itself."""
    platform = Platform.local(environment)
    found = store.resolve() == Path(os.environ.get(STORE) or DEFAULT_STORE).resolve()
    named = platform.named if found else f"{platform.named} --store {shlex.quote(short(store))}"
    return dataclasses.replace(platform, named=named)


@contextmanager
def place(
    local: bool, store: Path, environment: str, *, deciding: bool = False, keeping: bool = False
) -> Iterator[Platform]:
    """The platform to look at; with `local`, embedded AWS is up meanwhile. Looking makes no store, `keeping` does.

    `deciding` lets approvals wake their handler; what it raises is raised here, once the decision is made.
    """
    if not local:
        try:
            platform = deployed(environment)
        except UsageError as error:
            raise UsageError(f"{error}.\nFor what ran on this machine add --local") from error
        yield platform
        return
    from pushtrain.local.aws import HANDLERS, ON_APPROVAL, up

    handlers = {ON_APPROVAL: HANDLERS[ON_APPROVAL]} if deciding else {}
    with tempfile.TemporaryDirectory() as nothing:
        folder = store if keeping or store.exists() else Path(nothing)
        with up(folder, here(environment, store), handlers=handlers) as machine:
            yield machine.platform
            for failure in (call.error for call in machine.invocations if call.error):
                raise failure


def print_json(document: object) -> None:
    """The one JSON document of a command."""
    if context := click.get_current_context(silent=True):
        context.meta[PRINTED] = True
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False))


def write_file(path: Path, text: str) -> None:
    """The file that -o names: whole or not at all, also when interrupted. Raises UsageError when it cannot be written.

    What is there and no file, such as /dev/stdout, is written to as it is.
    """
    partial = path.with_name(f"{path.name}.{uuid4().hex[:8]}")
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8")
            return
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        partial.unlink(missing_ok=True)


def table(rows: list[tuple[str, ...]], *, narrow: int | None = None) -> None:
    """Rows with aligned columns; the first is the heading. On a narrow terminal the column `narrow` is cut."""
    from pushtrain.cli.terminal import Terminal, columns_of, cut

    widths = [max(columns_of(row[column]) for row in rows) for column in range(len(rows[0]))]
    if narrow is not None:
        over = sum(widths) + 2 * (len(widths) - 1) - Terminal(sys.stdout).columns
        widths[narrow] = max(LEAST, widths[narrow] - over) if over > 0 else widths[narrow]
    for row in rows:
        cells = [
            cut(cell, width) if index == narrow else cell
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        padded = [cell + " " * (width - columns_of(cell)) for cell, width in zip(cells, widths, strict=True)]
        click.echo("  ".join(padded).rstrip())


def tables(rows: list[tuple[str, ...]], *, keys: int) -> None:
    """A table; on a narrow terminal several below each other, each of which begins with the first `keys` columns."""
    from pushtrain.cli.terminal import PLAIN, columns_of

    widths = [max(columns_of(row[column]) for row in rows) for column in range(len(rows[0]))]
    room = shutil.get_terminal_size((PLAIN, 0)).columns
    places = list(range(keys, len(widths)))
    while places:
        taken = [*range(keys), places.pop(0)]
        while places and sum(widths[place] + 2 for place in (*taken, places[0])) - 2 <= room:
            taken.append(places.pop(0))
        table([tuple(row[place] for place in taken) for row in rows])


def show_metrics(metrics: Mapping[str, float]) -> None:
    """Metrics for a person; the cells of confusion matrices are left to --json."""
    shown = {name: value for name, value in metrics.items() if "confusion_matrix" not in name}
    if shown:
        table([(f"    {name}", f"{value:.6g}") for name, value in [*shown.items()][:MANY]])
    if more := len(metrics) - min(len(shown), MANY):
        click.echo(f"    and {more} more: --json")


@contextmanager
def telling(line: str) -> Iterator[None]:
    """What becomes of a run when who waits for it presses Ctrl-C: a note that is told below `interrupted`."""
    try:
        yield
    except KeyboardInterrupt as error:
        error.add_note(line)
        raise


def program() -> str:
    """How to call this program again from this terminal: its name, or its path where that is not on PATH."""
    return "pushtrain" if shutil.which("pushtrain") else short(Path(sys.argv[0]))


def short(path: Path) -> str:
    """A path as a person at this terminal would write it."""
    relative = os.path.relpath(path)
    return relative if not relative.startswith("..") else str(path)
