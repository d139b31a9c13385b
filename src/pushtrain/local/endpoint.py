"""Serve embedded AWS over HTTP on this computer, for jobs whose scripts call boto3 themselves.

In: moto, or what starts it on the first connection. Out: a URL for AWS_ENDPOINT_URL, on the loopback interface only.
An open port costs nothing: the web server is imported on the first connection, and most jobs never connect.
Only requests signed with this process's own key are answered. Otherwise other users of this computer, and web pages
that find the port, could push code that would run here.
"""

from __future__ import annotations

import secrets
import select
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs

HOST = "127.0.0.1"
ACCESS_KEY = f"LOCAL{secrets.token_hex(8).upper()}"  # the key of this process's jobs; nobody else knows it

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def build_aws_variables(url: str) -> dict[str, str]:
    """Return the environment variables by which boto3 in another process finds embedded AWS at `url`."""
    keys = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": "local"}
    return keys | {"AWS_ENDPOINT_URL": url, "NO_PROXY": "127.0.0.1,localhost"}


def require_own_key(application: Application) -> Application:
    """Refuse requests that are not signed with ACCESS_KEY, and moto's own control pages."""

    def guarded(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        signed = f"Credential={ACCESS_KEY}/" in environ.get("HTTP_AUTHORIZATION", "")
        query = parse_qs(environ.get("QUERY_STRING", ""))  # a presigned URL, of signature version 4 or 2
        signed = signed or query.get("X-Amz-Credential", [""])[0].startswith(f"{ACCESS_KEY}/")
        signed = signed or query.get("AWSAccessKeyId") == [ACCESS_KEY]
        if signed and not environ.get("PATH_INFO", "").startswith("/moto-api"):
            return application(environ, start_response)
        start_response("403 Forbidden", [("Content-Type", "text/plain")])
        return [b"signed with another key than this run's"]

    return guarded


def _do_nothing() -> None:
    """Start nothing: moto is started already."""


@contextmanager
def serve_endpoint(
    *,
    guard: Callable[[Application], Application] = require_own_key,
    port: int = 0,
    start_moto: Callable[[], object] = _do_nothing,
) -> Iterator[str]:
    """Listen until the context ends, and yield the URL, such as http://127.0.0.1:40123.

    `guard` wraps the application and may refuse requests. With `port` 0 the system picks a free port. `start_moto` is
    called on the first connection.
    """
    stop_receiver, stop_sender = socket.socketpair()
    with stop_receiver, stop_sender, socket.create_server((HOST, port), backlog=128) as listener:
        url = f"http://{HOST}:{listener.getsockname()[1]}"
        arguments = (listener, stop_receiver, guard, start_moto)
        thread = threading.Thread(target=_serve, args=arguments, name="aws-endpoint", daemon=True)
        thread.start()
        try:
            yield url
        finally:
            stop_sender.send(b"x")
            thread.join()


def _serve(
    listener: socket.socket,
    stop_receiver: socket.socket,
    guard: Callable[[Application], Application],
    start_moto: Callable[[], object],
) -> None:
    """Wait for the first connection, then start the server. Return when the stop signal came."""
    ready, _, _ = select.select([listener, stop_receiver], [], [])
    if stop_receiver in ready:
        return
    start_moto()
    server = _create_server(listener, guard)
    threading.Thread(target=_stop_on_signal, args=(server, stop_receiver), daemon=True).start()
    server.serve_forever()
    server.server_close()


def _stop_on_signal(server: Any, stop_receiver: socket.socket) -> None:
    stop_receiver.recv(1)
    server.shutdown()


def _create_server(listener: socket.socket, guard: Callable[[Application], Application]) -> Any:
    """Return the server of moto[server] on a listening socket. It shares its state with this process's clients."""
    from moto.moto_server.werkzeug_app import (  # noqa: PLC0415  0.3 s that most runs need not pay
        DomainDispatcherApplication,
        MotoRequestHandler,
        create_backend_app,
    )
    from werkzeug.serving import make_server  # noqa: PLC0415

    class SilentRequestHandler(MotoRequestHandler):
        def log(self, *_: Any, **__: Any) -> None:
            """Log nothing: the terminal shows the run."""

    application = guard(DomainDispatcherApplication(create_backend_app))
    port = listener.getsockname()[1]
    return make_server(
        HOST, port, application, threaded=True, request_handler=SilentRequestHandler, fd=listener.fileno()
    )
