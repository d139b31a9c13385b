"""Start the server of a model, wait until it answers, and stop it.

In: a StoredModel. Out: a ModelServer, while the context lasts. Afterwards no process and no file of it is left. If
this process is killed, the server ends with it, and the next server deletes its files.
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pushtrain.errors import LocalError
from pushtrain.local.container import process
from pushtrain.local.inference.container import FEATURES, ServerCommand, find_framework, prepare_container
from pushtrain.local.inference.serving_folder import create_serving_folder
from pushtrain.local.inference.stored_model import StoredModel

HOST = "127.0.0.1"
OnRequest = Callable[[Mapping[str, Any]], None]


def _ignore(_: Mapping[str, Any]) -> None:
    """Do nothing with a request."""


class ModelServer:
    """A server in a process of its own. `port` is 0 until it is ready."""

    def __init__(self, command: ServerCommand, token: str, on_line: Callable[[str], None], on_request: OnRequest):
        self.port = 0
        self._command, self._token = command, f"{token} "
        self._on_line, self._on_request = on_line, on_request
        self._failure = ""
        self._stop, self._decided = threading.Event(), threading.Event()
        self._exit_code: int | None = None
        self._thread = threading.Thread(target=self._run, name="model server")

    @property
    def address(self) -> str:
        """The URL of the server."""
        return f"http://{HOST}:{self.port}"

    @property
    def features(self) -> Path:
        """The file in which the server notes what input_fn returns, if it does. It goes when the context ends."""
        return self._command.cwd / FEATURES

    def start(self) -> None:
        """Start the server and wait until it has loaded the model. Raises LocalError if it cannot."""
        self._thread.start()
        self._decided.wait()
        if not self.port:
            self._thread.join()
            raise LocalError(self._failure or f"the server ended before it was ready, {self._describe_end()}")

    def wait(self) -> None:
        """Wait until the server ends, which it does only by accident. Raises LocalError then."""
        self._thread.join()
        raise LocalError(f"the server ended, {self._describe_end()}")

    def stop(self) -> None:
        """Stop the server, if it runs."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            program_exit = process.run(
                self._command.argv,
                environment=self._command.environment,
                cwd=self._command.cwd,
                stop=self._stop,
                on_line=self._read_line,
            )
            self._exit_code = program_exit.exit_code
        finally:
            self._decided.set()

    def _read_line(self, line: str) -> None:
        """Read a line of the server. The server tells us its own facts after the token, on a new line.

        What it prints while it is stopped, such as the shell's `Terminated`, interests nobody.
        """
        if not line.startswith(self._token):
            if (
                line and not self._stop.is_set()
            ):  # the server ends an unfinished line of the model's code with an empty one
                self._on_line(line)
            return
        facts = json.loads(line.removeprefix(self._token))
        if "status" in facts:
            self._on_request(facts)
            return
        self.port, self._failure = facts.get("port", 0), facts.get("failed", "")
        self._decided.set()

    def _describe_end(self) -> str:
        return f"exit code {self._exit_code}"


@contextlib.contextmanager
def serve(
    model: StoredModel,
    *,
    port: int = 0,
    match_image: bool = False,
    notes_features: bool = False,
    on_line: Callable[[str], None],
    on_request: OnRequest = _ignore,
) -> Iterator[ModelServer]:
    """Yield a server that answers with the model. `port` 0 is any free port.

    `on_line` gets what the model's code prints, `on_request` status, milliseconds and bytes of each answer. With
    `notes_features`, the server notes what input_fn returns, for `read_features`.
    Raises LocalError if the model cannot be served on this computer.
    """
    find_framework(model.image)
    check_port(port)
    token = f"pushtrain-{uuid.uuid4().hex}"
    with create_serving_folder() as folder:
        command = prepare_container(
            model,
            folder,
            port=port,
            token=token,
            notes_features=notes_features,
            match_image=match_image,
            on_line=on_line,
        )
        server = ModelServer(command, token, on_line, on_request)
        try:
            server.start()
            yield server
        finally:
            server.stop()


def check_port(port: int) -> None:
    """Raise LocalError if another program uses a port, before minutes are spent on an environment."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise LocalError(f"port {port} cannot be used: {error.strerror}. Give another one: --port") from error
