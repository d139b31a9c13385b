"""The HTTP server: one request at a time reaches the model, as in a container with one worker."""

from __future__ import annotations

import json
import sys
import threading
import time
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from .errors import explain
from .features import FeatureLog
from .handlers import Model

HOST = "127.0.0.1"


class Server(ThreadingHTTPServer):
    """The server, which has its port before it has loaded the model. `tell` reports to pushtrain."""

    daemon_threads = True
    model: Model
    token: str

    def __init__(self, port: int, token: str) -> None:
        super().__init__((HOST, port), Handler)
        self.token, self.lock = token, threading.Lock()

    def tell(self, **facts: Any) -> None:
        """Print a line for pushtrain."""
        sys.stdout.write(f"\n{self.token} {json.dumps(facts)}\n")
        sys.stdout.flush()


class Handler(BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one packet per answer
    server: Server

    def do_GET(self) -> None:
        """Answer the health check."""
        self._respond(200 if self.path == "/ping" else 404, b"", "text/plain")

    def do_POST(self) -> None:
        """Answer with the model."""
        length = self.headers.get("Content-Length", "")
        body = self.rfile.read(int(length)) if length.isdigit() else b""
        if self.path != "/invocations":
            self._respond(404, b"POST /invocations is the only address\n", "text/plain")
            return
        if not length.isdigit():
            self.close_connection = True
            self._respond(411, b"the request has no Content-Length\n", "text/plain")
            return
        started = time.perf_counter()
        with self.server.lock:
            status, content, content_type = self.server.model.answer(body, dict(self.headers.items()))
        milliseconds = (time.perf_counter() - started) * 1000
        self._respond(status, content, content_type)
        self.server.tell(status=status, milliseconds=round(milliseconds, 2), received=len(body), sent=len(content))

    def _respond(self, status: int, content: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def handle_expect_100(self) -> bool:
        """Tell a client with a large body to send it."""
        super().handle_expect_100()
        self.wfile.flush()
        return True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in the standard library
        """Print nothing: pushtrain prints a line per request."""


def main() -> None:
    """Load the model, then answer until the process ends."""
    framework, port, folder, code, program, token, features = sys.argv[1:]
    try:
        server = Server(int(port), token)
    except OSError as error:
        sys.stdout.write(f"\n{token} {json.dumps({'failed': f'port {port} cannot be used: {error.strerror}'})}\n")
        sys.exit(1)
    try:
        server.model = Model(framework, folder, code, program, FeatureLog(Path(features)) if features else None)
    except BaseException as error:  # noqa: BLE001 - also SystemExit: the code of the model ended the server
        server.server_close()
        traceback.print_exc()
        server.tell(failed=explain(error, Path(code)))
        sys.exit(1)
    server.tell(port=server.server_port)
    server.serve_forever()
