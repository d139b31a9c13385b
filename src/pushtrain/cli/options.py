"""Options that several commands share, and what they choose: the platform to look at, or this machine's store."""

from __future__ import annotations

import dataclasses
import os
import shlex
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from pushtrain.cli import completion
from pushtrain.cli.terminal.hints import short
from pushtrain.errors import UsageError
from pushtrain.platform import VARIABLE, Platform, parameter

Command = TypeVar("Command", bound=Callable[..., Any])

STORE = "PUSHTRAIN_STORE"
DEFAULT_STORE = Path(".pushtrain")

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
            raise UsageError(f"{error}.\nFor this machine add --local") from error
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
