"""`pushtrain models serve`: answer requests with a model on this computer, until Ctrl-C."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from pushtrain.cli import completion
from pushtrain.cli.options import open_platform, platform_options
from pushtrain.cli.terminal.echo import echo, secho

if TYPE_CHECKING:
    from pushtrain.local.inference.server import ModelServer
    from pushtrain.local.inference.stored_model import StoredModel

version_option = click.option("--version", type=int, help="This version instead of the newest, whatever its status.")
match_image_option = click.option("--match-image", is_flag=True, help="Pin the framework to the version in the image.")
EXAMPLES = {
    "sklearn": "-H 'Content-Type: text/csv' --data-binary @rows.csv",
    "xgboost": "-H 'Content-Type: text/csv' --data-binary @rows.csv",
    "pytorch": "-H 'Content-Type: application/json' --data-binary @rows.json",
    "huggingface": "-H 'Content-Type: application/json' --data-binary '{\"inputs\": \"...\"}'",
}
SENT_FILE = re.compile(r"@(\S+)")


@click.command("serve")
@click.argument("model", shell_complete=completion.complete_models)
@version_option
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0 is any free port.")
@match_image_option
@platform_options
def command(model: str, version: int | None, port: int, match_image: bool, **platform_args: Any) -> None:
    """Answer requests with a model on this computer, until Ctrl-C.

    The server follows the rules of the image that the version was registered with: GET /ping, and POST /invocations
    with model_fn, then transform_fn, or input_fn, predict_fn and output_fn. Its Python environment has the packages of
    the image and of code/requirements.txt in the model. Only this computer reaches it. --local serves a model of this
    computer; without it the model is downloaded from AWS.
    """
    with start_server(
        model, version, port=port, match_image=match_image, on_request=_print_request, **platform_args
    ) as (stored, server):
        _print_address(stored, server)
        try:
            server.wait()
        except KeyboardInterrupt:
            echo("stopped", err=True)


@contextmanager
def start_server(
    model: str,
    version: int | None,
    *,
    port: int,
    match_image: bool,
    on_request: Callable[[Mapping[str, Any]], None] = lambda _: None,
    **platform_args: Any,
) -> Iterator[tuple[StoredModel, ModelServer]]:
    """Download a version and yield it with its server. What its code prints goes to stderr."""
    from pushtrain.local.inference.server import check_port, serve
    from pushtrain.local.inference.serving_folder import create_serving_folder
    from pushtrain.local.inference.stored_model import download_model, find_stored_version

    check_port(port)
    with create_serving_folder() as folder:
        with open_platform(**platform_args) as platform:
            found_version = find_stored_version(platform, model, version)
            stored = download_model(platform, found_version, folder / "model.tar.gz")
        with serve(
            stored,
            port=port,
            match_image=match_image,
            on_line=lambda line: echo(line, err=True),
            on_request=on_request,
        ) as server:
            yield stored, server


def _print_address(stored: StoredModel, server: ModelServer) -> None:
    """Print the address, and a `curl` command with the content type that the image's default code reads."""
    from pushtrain.local.inference.container import find_framework

    secho(f"{stored.model} version {stored.version} ({stored.status}) · {server.address}", bold=True)
    example = EXAMPLES[find_framework(stored.image)[0]]
    echo(f"  curl {example} {server.address}/invocations")
    if file := SENT_FILE.search(example):
        echo(f"  {file[1]} stands for a file of yours, with rows as the model was trained on: no header, no label")
    echo("  Ctrl-C stops it")


def _print_request(facts: Mapping[str, Any]) -> None:
    """Print a line for an answer: `200  3.1 ms  120 bytes in, 18 bytes out`."""
    sizes = f"{facts['received']} bytes in, {facts['sent']} bytes out"
    echo(f"{facts['status']}  {facts['milliseconds']:.1f} ms  {sizes}")
