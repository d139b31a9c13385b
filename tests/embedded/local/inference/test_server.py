"""A model's server as a process: it starts, answers, and leaves nothing."""

from __future__ import annotations

import http.client
import os
import signal
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from pushtrain.errors import LocalError
from pushtrain.local.inference.server import ModelServer, check_port, serve
from tests.embedded.local.inference.stored import ECHO, build_model

FILES = {"code/inference.py": ECHO, "weights": "w-"}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The cache folder. No server leaves a file in it."""
    folder = tmp_path / "cache folder"
    monkeypatch.setenv("PUSHTRAIN_CACHE", str(folder))
    yield folder
    assert [*folder.glob("serving/*")] == []


def send(
    server: ModelServer, body: bytes, method: str = "POST", path: str = "/invocations", **headers: str
) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request(method, path, body, {name.replace("_", "-"): text for name, text in headers.items()})
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, text


def test_a_model_answers_until_the_context_ends(tmp_path: Path, strategy: str) -> None:
    lines: list[str] = []
    requests: list[Mapping[str, Any]] = []
    with serve(build_model(tmp_path, FILES), on_line=lines.append, on_request=requests.append) as server:
        assert server.address == f"http://127.0.0.1:{server.port}"
        assert send(server, b"", "GET", "/ping") == (200, "")
        assert send(server, "가,1\n나,2".encode(), Content_Type="text/csv") == (200, "w-가,1\nw-나,2")
        assert send(server, b"x" * 2_000_000, Content_Type="text/csv", Expect="100-continue")[0] == 200
        assert send(server, b"", "GET", "/") == (404, "")
        assert send(server, b"", path="/") == (404, "POST /invocations is the only address\n")
    assert lines == ["모델을 읽음"]
    assert [request["status"] for request in requests] == [200, 200]
    with pytest.raises(ConnectionRefusedError):
        send(server, b"")


def test_a_body_without_length_is_refused(tmp_path: Path) -> None:
    with (
        serve(build_model(tmp_path, FILES), on_line=print) as server,
        socket.create_connection(("127.0.0.1", server.port)) as connection,
    ):
        connection.sendall(b"POST /invocations HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 411 ")
    assert answer.endswith(b"\r\n\r\nthe request has no Content-Length\n")


def test_a_handler_that_raises_leaves_the_server_up(tmp_path: Path) -> None:
    code = ECHO.replace("return [model + row for row in rows]", "return [len(rows[1])]")
    lines: list[str] = []
    with serve(build_model(tmp_path, {**FILES, "code/inference.py": code}), on_line=lines.append) as server:
        assert send(server, b"one", Content_Type="text/csv") == (
            500,
            "inference.py, line 8: IndexError: list index out of range\n",
        )
        assert send(server, b"", "GET", "/ping")[0] == 200
    assert "IndexError: list index out of range" in lines


def find_failure(tmp_path: Path, files: dict[str, str], **options: Any) -> str:
    with pytest.raises(LocalError) as raised, serve(build_model(tmp_path, files, **options), on_line=print):
        pass
    return str(raised.value)


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    code = {"code/inference.py": "import os\nimport lightgbm_of_nobody\n", "code/requirements.txt": "pandas"}
    assert find_failure(tmp_path, code) == (
        "inference.py, line 2: No module named 'lightgbm_of_nobody'. code/requirements.txt does not list it"
    )
    assert find_failure(tmp_path, {"weights": ""}) == (
        "the model has no code/inference.py. Name it in register.inference.code of config.yaml"
    )
    both = f"{ECHO}\ndef transform_fn(model, body, content_type, accept): pass\n"
    assert find_failure(tmp_path, {"code/inference.py": both}) == (
        "inference.py has transform_fn and input_fn, predict_fn, output_fn. Keep transform_fn or the others"
    )
    assert find_failure(tmp_path, {"code/inference.py": "import os\nos._exit(7)"}) == (
        "the server ended before it was ready, exit code 7"
    )
    assert find_failure(tmp_path, {"code/inference.py": "raise SystemExit('no')"}) == (
        "inference.py, line 1: SystemExit: no"
    )


def test_a_server_that_is_killed_is_noticed(tmp_path: Path) -> None:
    code = ECHO.replace('"\\n".join(prediction), accept', "str(__import__('os').getpid())")
    with serve(build_model(tmp_path, {**FILES, "code/inference.py": code}), on_line=print) as server:
        program = ECHO and send(server, b"", Content_Type="text/csv")[1]
        assert program.isdigit()
        os.kill(find_process(server), signal.SIGKILL)
        with pytest.raises(LocalError, match="the server ended, exit code 137"):
            server.wait()


def find_process(server: ModelServer) -> int:
    """Return the number that this computer has for the program of the server. Other tests run servers at this time."""
    program = server._command.argv[server._command.argv.index("-m") :]
    [number] = [
        int(folder.name)
        for folder in Path("/proc").iterdir()
        if folder.name.isdigit() and read_words(folder)[1:] == program
    ]
    return number


def read_words(folder: Path) -> list[str]:
    """Return the command line of a process, none if it has ended."""
    try:
        return (folder / "cmdline").read_bytes().decode().split("\0")[:-1]
    except OSError:
        return []


def test_a_port_in_use_is_refused_before_anything_is_installed(tmp_path: Path, installed: list[object]) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        message = f"port {port} cannot be used: Address already in use. Give another one: --port"
        with pytest.raises(LocalError) as raised, serve(build_model(tmp_path, FILES), port=port, on_line=print):
            pass
        assert str(raised.value) == message
        assert installed == []
        with pytest.raises(LocalError):
            check_port(port)
