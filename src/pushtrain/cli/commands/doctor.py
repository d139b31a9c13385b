"""`pushtrain doctor`: an installation, or this machine, examined; what is wrong and what to do."""

from __future__ import annotations

import dataclasses
import os
import sys
import textwrap
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pushtrain.access import deployed_platform
from pushtrain.cli.options import open_platform, platform_options
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.stream import Terminal
from pushtrain.errors import UsageError
from pushtrain.platform import PLATFORM_VARIABLE, Platform, parameter_name

if TYPE_CHECKING:
    from pushtrain.doctor import Finding

COLOURS = {"fine": "green", "note": "yellow", "wrong": "red"}
MARKS = {"fine": "✓", "note": "!", "wrong": "✗"}
WIDEST = 100
MARGIN = 22  # columns before what was found


@click.command("doctor")
@platform_options
@json_option
def command(local: bool, store: Path, environment: str, as_json: bool) -> int:
    """Examine an installation on AWS, or with --local this machine, and say what to fix. Changes nothing.

    Exit code 1 when something must be fixed. On AWS it needs what the policy `<prefix>-operator` allows.
    """
    if not local and not environment and PLATFORM_VARIABLE not in os.environ:
        with open_platform(local, store, environment):
            """Says how to name one."""
    found = []
    for each in _machine(store) if local else _installation(environment):
        found.append(each)
        if not as_json:
            _show(each)
    bad = sum(each.state == "wrong" for each in found)
    if as_json:
        print_json({"fine": not bad, "checks": [dataclasses.asdict(each) for each in found]})
    else:
        click.echo(f"{bad} of {len(found)} checks: something must be fixed" if bad else "nothing must be fixed")
    return 1 if bad else 0


def _machine(store: Path) -> Iterable[Finding]:
    from pushtrain.doctor import examine_machine

    return examine_machine(store)


def _installation(environment: str) -> Iterator[Finding]:
    """Credentials first, then the platform: without them nothing else can be looked at."""
    from pushtrain.doctor import examine, fine, look, who, wrong

    anybody = who(None)
    yield from (each for each in anybody if each.state == "wrong")
    if anybody[0].state == "wrong":
        return
    platforms: list[Platform] = []

    def published() -> Iterator[Finding]:
        origin = PLATFORM_VARIABLE if PLATFORM_VARIABLE in os.environ else parameter_name(environment)
        try:
            platforms.append(deployed_platform(environment))
            yield fine("platform", f"{origin}: {platforms[0].prefix} in {platforms[0].region}")
        except UsageError as error:
            remedy = "name the environment, account and region that are meant; or deploy: make deploy"
            yield wrong("platform", str(error), remedy)

    yield from look("platform", published, "ask for a policy of the platform, such as the one for operators")
    if not platforms:
        return
    mine = who(platforms[0])
    yield from mine
    if mine[0].state == "fine":
        yield from examine(platforms[0], metadata.version("pushtrain"))


def _show(each: Finding) -> None:
    """At most WIDEST columns, or what the terminal has; commands to copy stay in one line."""
    room = min(Terminal(sys.stdout).columns, WIDEST) - MARGIN
    lines = textwrap.wrap(each.found, max(room, 20), break_long_words=False, break_on_hyphens=False) or [""]
    mark = click.style(MARKS[each.state], fg=COLOURS[each.state])
    click.echo(f"  {mark} {each.check:<{MARGIN - 4}}{lines[0]}")
    for line in lines[1:]:
        click.echo(f"{'':{MARGIN}}{line}")
    if each.fix:
        click.echo(f"{'':{MARGIN}}fix: {each.fix}")
