"""An address of this machine where the embedded AWS answers over HTTP, for jobs that call boto3 themselves.

In: a moto that is active in this process. Out: a URL for AWS_ENDPOINT_URL, on the loopback interface only.
Listening costs nothing; the web server is imported on the first connection (most jobs never connect).
Only requests signed with this process's own key are answered: other users of the machine, and web pages that find the
port, could otherwise push code that would run here.
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
ACCESS_KEY = f"LOCAL{secrets.token_hex(8).upper()}"  # what jobs of this process sign with; nobody else knows it


Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def build_aws_variables(url: str) -> dict[str, str]:
    """The variables by which boto3 in another process finds embedded AWS at `url`."""
    keys = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": "local"}
    return keys | {"AWS_ENDPOINT_URL": url, "NO_PROXY": "127.0.0.1,localhost"}


def require_own_key(application: Application) -> Application:
    """Refuse what is not signed with our key, and moto's own controls."""

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


@contextmanager
def serve_endpoint(*, guard: Callable[[Application], Application] = require_own_key, port: int = 0) -> Iterator[str]:
    """Listens until the context ends and gives the URL, such as http://127.0.0.1:40123.

    `guard` stands before every request; `port` 0 takes any that is free.
    """
    awake, wake = socket.socketpair()
    with awake, wake, socket.create_server((HOST, port), backlog=128) as listener:
        url = f"http://{HOST}:{listener.getsockname()[1]}"
        thread = threading.Thread(target=_serve, args=(listener, awake, guard), name="aws-endpoint", daemon=True)
        thread.start()
        try:
            yield url
        finally:
            wake.send(b"x")
            thread.join()


def _serve(listener: socket.socket, awake: socket.socket, guard: Callable[[Application], Application]) -> None:
    ready, _, _ = select.select([listener, awake], [], [])
    if awake in ready:
        return
    server = _server(listener, guard)
    threading.Thread(target=_stop, args=(server, awake), daemon=True).start()
    server.serve_forever()
    server.server_close()


def _stop(server: Any, awake: socket.socket) -> None:
    awake.recv(1)
    server.shutdown()


def _server(listener: socket.socket, guard: Callable[[Application], Application]) -> Any:
    """The server of moto[server] on a socket that listens already: one state with this process's clients."""
    from moto.moto_server.werkzeug_app import (  # noqa: PLC0415  0.3 s that most runs need not pay
        DomainDispatcherApplication,
        MotoRequestHandler,
        create_backend_app,
    )
    from werkzeug.serving import make_server  # noqa: PLC0415

    class Silent(MotoRequestHandler):
        def log(self, *_: Any, **__: Any) -> None:
            """A request is no news: the terminal belongs to the run."""

    application = guard(DomainDispatcherApplication(create_backend_app))
    port = listener.getsockname()[1]
    return make_server(HOST, port, application, threaded=True, request_handler=Silent, fd=listener.fileno())
