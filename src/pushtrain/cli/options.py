"""Options that several commands share, and the platform that they name."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from pushtrain import access
from pushtrain.cli import completion
from pushtrain.errors import UsageError
from pushtrain.local.platform import DEFAULT_STORE, STORE_VARIABLE
from pushtrain.platform import Platform

Command = TypeVar("Command", bound=Callable[..., Any])

folder_argument = click.argument(
    "folder", metavar="DIR", type=click.Path(path_type=Path), shell_complete=completion.complete_folders
)
environment_option = click.option(
    "--environment",
    "-e",
    default="",
    metavar="NAME",
    help="Overlay of config.yaml to use, such as dev or prod.",
    shell_complete=completion.complete_environments,
)
store_option = click.option(
    "--store",
    type=click.Path(path_type=Path),
    envvar=STORE_VARIABLE,
    default=DEFAULT_STORE,
    show_default=True,
    help=f"Folder with the runs and models of this computer (or ${STORE_VARIABLE}).",
)
local_option = click.option("--local", is_flag=True, help="Use this computer instead of AWS.")


def platform_options(command: Command) -> Command:
    """Add --local, --store and --environment, which name a platform."""
    return local_option(store_option(environment_option(command)))


def output_option(default: str) -> Callable[[Command], Command]:
    """Return --output, the file that a command writes. `default` describes its name if the option is not given."""
    return click.option(
        "--output",
        "-o",
        "target",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help=f"File to write; {default} by default.",
    )


def fresh_options(command: Command) -> Command:
    """Add --fresh and --fresh-step. The command gets `fresh`: the steps that must run, or `*` for all of them."""

    @functools.wraps(command)
    def command_with_fresh(*args: Any, fresh: bool, fresh_steps: tuple[str, ...], **options: Any) -> Any:
        from pushtrain.reuse import ALL_STEPS

        return command(*args, fresh=(ALL_STEPS,) if fresh else fresh_steps, **options)

    all_steps = click.option("--fresh", is_flag=True, help="Run every step, also those with `cache`.")
    one_step = click.option(
        "--fresh-step", "fresh_steps", multiple=True, metavar="STEP", help="Run this step although it has `cache`."
    )
    return cast(Command, all_steps(one_step(command_with_fresh)))


again_option = click.option(
    "--again",
    "allow_same",
    is_flag=True,
    help="Start a run even if nothing has changed since an earlier one, of the same result.",
)

without_champion_option = click.option(
    "--without-champion", is_flag=True, help="Do not compare with the model in service; the verdict says so."
)


@contextmanager
def open_platform(local: bool, store: Path, environment: str, *, create_store: bool = False) -> Iterator[Platform]:
    """Yield the platform that the options name; with `local`, embedded AWS is up while the context lasts.

    `create_store=True` creates the store if it is missing; otherwise it is only read.
    Raises UsageError if no platform is named or found.
    """
    if local:
        with access.open_platform(environment, store=store, create_store=create_store) as platform:
            yield platform
        return
    try:
        platform = access.deployed_platform(environment)
    except UsageError as error:
        raise UsageError(f"{error}.\nFor this computer add --local") from error
    yield platform


def parse_time(context: click.Context, parameter: click.Parameter, value: str | None) -> float:  # noqa: ARG001 - click's
    """Return the epoch seconds of a date (`2026-11-21`) or of a time ago (`12h`). Raises BadParameter."""
    from pushtrain.config.values.units import parse_duration

    if value is None:
        return 0.0
    try:
        date = datetime.fromisoformat(value)
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        pass
    try:
        return time.time() - parse_duration(value)
    except ValueError:
        raise click.BadParameter(
            f"{value!r} is not a time. Write how long ago, such as 12h or 7d, or a date such as 2026-11-21 (UTC)"
        ) from None
