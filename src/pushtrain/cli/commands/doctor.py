"""`pushtrain doctor`: an installation, or this machine, examined; what is wrong and what to do."""

from __future__ import annotations

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
    for each in _check_computer(store) if local else _check_installation(environment):
        found.append(each)
        if not as_json:
            _show(each)
    bad = sum(each.state == "wrong" for each in found)
    if as_json:
        print_json({"fine": not bad, "checks": [each.to_document() for each in found]})
    else:
        click.echo(f"{bad} of {len(found)} checks: something must be fixed" if bad else "nothing must be fixed")
    return 1 if bad else 0


def _check_computer(store: Path) -> Iterable[Finding]:
    from pushtrain.doctor import check_this_computer

    return check_this_computer(store)


def _check_installation(environment: str) -> Iterator[Finding]:
    """Check the credentials first, then the platform: without credentials, nothing else can be checked."""
    from pushtrain.doctor import Finding, check_credentials, check_installation, run_check

    without_platform = check_credentials(None)
    yield from (finding for finding in without_platform if finding.state == "wrong")
    if without_platform[0].state == "wrong":
        return
    platforms: list[Platform] = []

    def check_published() -> Iterator[Finding]:
        origin = PLATFORM_VARIABLE if PLATFORM_VARIABLE in os.environ else parameter_name(environment)
        try:
            platforms.append(deployed_platform(environment))
            yield Finding.fine("platform", f"{origin}: {platforms[0].prefix} in {platforms[0].region}")
        except UsageError as error:
            fix = "check the environment, account and region; or deploy: make deploy"
            yield Finding.wrong("platform", str(error), fix)

    fix_if_denied = "ask for a policy of the platform, for example the one for operators"
    yield from run_check("platform", check_published, fix_if_denied)
    if not platforms:
        return
    for_platform = check_credentials(platforms[0])
    yield from for_platform
    if for_platform[0].state == "fine":
        yield from check_installation(platforms[0], metadata.version("pushtrain"))


def _show(each: Finding) -> None:
    """At most WIDEST columns, or what the terminal has; commands to copy stay in one line."""
    room = min(Terminal(sys.stdout).columns, WIDEST) - MARGIN
    lines = textwrap.wrap(each.message, max(room, 20), break_long_words=False, break_on_hyphens=False) or [""]
    mark = click.style(MARKS[each.state], fg=COLOURS[each.state])
    click.echo(f"  {mark} {each.check:<{MARGIN - 4}}{lines[0]}")
    for line in lines[1:]:
        click.echo(f"{'':{MARGIN}}{line}")
    if each.fix:
        click.echo(f"{'':{MARGIN}}fix: {each.fix}")
