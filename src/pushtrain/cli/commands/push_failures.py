"""`pushtrain push-failures`: events that no handler could take in, and how to hand them to their handler again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from pushtrain.access import deployed_platform
from pushtrain.cli.options import environment_option
from pushtrain.cli.output import json_option, print_json
from pushtrain.cli.terminal.hints import find_program
from pushtrain.cli.terminal.tables import table
from pushtrain.cli.terminal.time_text import minute, time_text

if TYPE_CHECKING:
    from pushtrain.failures import GivenUp
    from pushtrain.platform import Platform

SHORT = 8  # characters of an id that are shown; they are enough to name it


@click.group("push-failures")
def command() -> None:
    """Events that no handler could take in: list, replay.

    Pushes, approvals and ends of runs that were given up wait for 14 days in the platform's failure queue.
    """


@command.command("list")
@environment_option
@json_option
def list_(environment: str, as_json: bool) -> None:
    """List what waits in the failure queue, oldest first, and leave it there. GIVEN UP is in UTC."""
    from pushtrain.failures import waiting

    platform = deployed_platform(environment)
    _tell_withheld(platform)
    with waiting(platform) as found:
        pass
    if as_json:
        print_json([_document(each) | {"event": each.event} for each in found])
    elif not found:
        click.echo(f"nothing waits in {platform.failures}")
    else:
        _show(found)
        click.echo(
            f"hand one to its handler again: {find_program()} push-failures replay ID{platform.option}", err=True
        )


def _tell_withheld(platform: Platform) -> None:
    """What another process holds is not seen here: asked before this one holds any."""
    from pushtrain.failures import withheld

    if elsewhere := withheld(platform):
        said = "somebody else is looking at them or replaying them. Ask again in five minutes"
        click.echo(f"not seen: about {elsewhere}, for {said}", err=True)


def _show(found: Sequence[GivenUp]) -> None:
    rows = [(each.id[:SHORT], minute(each.since), each.handler or "?", each.about) for each in found]
    table([("ID", "GIVEN UP", "HANDLER", "ABOUT"), *rows], narrow=3)
    for each in found:
        tries = f" (tried {each.tries} times)" if each.tries > 1 else ""
        click.echo(f"{each.id[:SHORT]}  {' '.join(each.error.split())}{tries}")


@command.command("replay")
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Replay all that waits for a handler.")
@environment_option
@json_option
def replay_(ids: tuple[str, ...], everything: bool, environment: str, as_json: bool) -> None:
    """Hand events to their handler again; the queue forgets each once Lambda has accepted it.

    ID may be the beginning of one. What fails again is back in the queue after Lambda's own retries, some minutes
    later. Handling an event twice is harmless.
    """
    from pushtrain.failures import chosen, replay, waiting

    if bool(ids) == everything:
        raise click.UsageError("name the events to replay by their ids, or give --all")
    platform = deployed_platform(environment)
    _tell_withheld(platform)
    done: list[GivenUp] = []
    with waiting(platform) as found:
        picked = [each for each in found if each.handler] if everything else chosen(found, ids, platform)
        for each in picked:
            replay(platform, each)
            done.append(each)
            if not as_json:
                click.echo(f"accepted  {each.id[:SHORT]}  {each.handler}  {each.about}")
    if as_json:
        print_json([_document(each) for each in done])
    elif not done:
        click.echo(f"nothing to replay in {platform.failures}")
    else:
        click.echo(
            f"What fails again is back after some minutes: {find_program()} push-failures list{platform.option}",
            err=True,
        )


def _document(each: GivenUp) -> dict[str, Any]:
    return {
        "id": each.id,
        "handler": each.handler or None,
        "about": each.about,
        "error": each.error,
        "tries": each.tries,
        "given_up": time_text(each.since),
    }
