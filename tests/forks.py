"""`pushtrain` as a process of its own, without the seconds that each new interpreter would spend on its imports.

A server imports pushtrain and moto, runs a model repo once, and forks itself for each command line. So a program need
not load what takes 2 s. It has its own variables, folder, session, pid and exit code. tests/embedded/test_wheel.py
starts the real command.
Run as a program (`python -m tests.forks SOCKET`) this module is the server.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import gc
import importlib
import io
import json
import os
import random
import runpy
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Self

from tests.botocore_models import share_models

ROOT = Path(__file__).parents[1]
PLAIN = ROOT / "tests" / "embedded" / "repos" / "plain"
MODULES = (
    *("boto3", "pushtrain.local.aws"),
    *(f"pushtrain.cli.commands.{name}" for name in ("models.approve", "push", "run", "runs.list", "runs.show")),
)
SERVICES = ("s3", "sagemaker", "ssm", "stepfunctions")  # what `push --wait` calls; reading their models takes 0.2 s
STREAMS = ("stdin", "stdout", "stderr")
LONGEST_REQUEST, ANSWER = 1 << 20, 4  # bytes
QUICK_PAUSE = 0.3  # seconds between two looks of `push --wait`; on AWS the first pause is 2 s, and it grows


class Program:
    """A running `pushtrain WORDS`; what it prints goes to files. As a context it is killed at the end, if it runs."""

    def __init__(
        self,
        words: Sequence[object],
        *,
        environment: Mapping[str, str] | None = None,
        code: str = "",
        streams: Mapping[str, int] | None = None,
    ) -> None:
        """With `code`, run this Python program instead, as `python -c` does.

        `streams` are file descriptors by name: stdin, which is empty without one, stdout and stderr.
        """
        self.args = ["pushtrain", *map(str, words)]
        self._files = [tempfile.TemporaryFile() for _ in STREAMS]  # noqa: SIM115 - `communicate` closes
        self._channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._channel.connect(_start_server())
        variables = {**(os.environ if environment is None else environment)}
        request = {"argv": self.args, "environment": variables, "code": code, "cwd": str(Path.cwd())}
        files = [(streams or {}).get(name, file.fileno()) for name, file in zip(STREAMS, self._files, strict=True)]
        socket.send_fds(self._channel, [json.dumps(request).encode()], files)
        self._channel.shutdown(socket.SHUT_WR)
        self.pid = self._receive()
        self.returncode: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.returncode is None:
            self.kill()
        self.communicate()

    def send_signal(self, number: int) -> None:
        """Send a signal, which a program that has ended does not get."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout: float = 120) -> int:
        """Return the exit code, negative for a signal. Raises TimeoutExpired; the program then goes on."""
        if self.returncode is None:
            if not select.select([self._channel], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout)
            self.returncode = self._receive()
        return self.returncode

    def _receive(self) -> int:
        answer = self._channel.recv(ANSWER)
        assert answer, "the server of forks ended"
        return int.from_bytes(answer, "big", signed=True)

    def communicate(self, timeout: float = 120) -> tuple[str, str]:
        """Wait for the end. Return stdout and stderr, once."""
        self.wait(timeout)
        texts = []
        for file in self._files:
            if not file.closed:
                file.seek(0)
                texts.append(file.read().decode())
            file.close()
        self._channel.close()
        return (texts[1], texts[2]) if texts else ("", "")


def run_pushtrain(
    *words: object, environment: Mapping[str, str] | None = None, code: str = "", timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run `pushtrain WORDS` to its end, as subprocess.run does."""
    with Program(words, environment=environment, code=code) as program:
        out, err = program.communicate(timeout)
        return subprocess.CompletedProcess(program.args, program.wait(), out, err)


class Dialogue(Program):
    """A running Python program that this one talks with: `stdin` and `stdout` are pipes for text."""

    def __init__(self, code: str, *words: object) -> None:
        (theirs_in, ours_in), (ours_out, theirs_out) = os.pipe(), os.pipe()
        self.stdin, self.stdout = os.fdopen(ours_in, "w", buffering=1), os.fdopen(ours_out)
        try:
            super().__init__(words, code=code, streams={"stdin": theirs_in, "stdout": theirs_out})
        finally:
            os.close(theirs_in)
            os.close(theirs_out)

    def communicate(self, timeout: float = 120) -> tuple[str, str]:
        """Close stdin, and return what remains of stdout, and stderr."""
        self.stdin.close()
        rest = "" if self.stdout.closed else self.stdout.read()
        self.stdout.close()
        return rest, super().communicate(timeout)[1]


@functools.cache
def _start_server() -> str:
    """Start the server of this process. Return its address."""
    folder = tempfile.TemporaryDirectory(prefix="forks-")
    command = [sys.executable, "-m", "tests.forks", f"{folder.name}/socket"]
    server = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert server.stdout
    assert server.stdout.readline() == b"ready\n", "the server of forks did not start"

    def end() -> None:
        server.kill()
        server.wait()
        folder.cleanup()

    atexit.register(end)
    return command[-1]


def serve(address: str) -> None:
    """Answer until standard input ends, which it does with the process that started us."""
    _load()
    follow: Any = importlib.import_module("pushtrain.runs.follow")
    follow.FIRST_PAUSE = follow.LONGEST_PAUSE = QUICK_PAUSE
    gc.freeze()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(address)
    listener.listen()
    print("ready", flush=True)  # noqa: T201 - to who started us
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the processes that wait
    while sys.stdin not in select.select([sys.stdin, listener], [], [])[0]:
        channel, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            _start_program(channel)
        channel.close()


def _load() -> None:
    """Import what programs import, run a model repo and create clients, because much is only loaded when it is used.

    Afterwards there is one thread, and no session of boto3 or list of templates that programs should make anew.
    """
    share_models()
    for module in MODULES:
        importlib.import_module(module)
    cli: Any = importlib.import_module("pushtrain.cli")
    silent = io.StringIO()
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.redirect_stdout(silent),
        contextlib.redirect_stderr(silent),
    ):
        repo = shutil.copytree(PLAIN, Path(folder, "plain"))
        cli.program.main(["run", str(repo), "--store", f"{folder}/store"], standalone_mode=False)
    local: Any = importlib.import_module("pushtrain.local.aws")
    platform: Any = importlib.import_module("pushtrain.platform").Platform.local()
    with local.hide_aws_environment(platform):
        for service in SERVICES:
            importlib.import_module("pushtrain.aws").client(service)
    assert threading.active_count() == 1, threading.enumerate()
    boto3: Any = importlib.import_module("boto3")
    boto3.DEFAULT_SESSION = None
    importlib.import_module("pushtrain.workflow.templates")._list_templates.cache_clear()


def _start_program(channel: socket.socket) -> NoReturn:
    """Fork the program, and answer with its pid and then its exit code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    content, files, _, _ = socket.recv_fds(channel, LONGEST_REQUEST, len(STREAMS))
    while more := channel.recv(LONGEST_REQUEST):
        content += more
    program = os.fork()
    if program == 0:
        channel.close()
        _run(json.loads(content), *files)
    for file in files:
        os.close(file)
    channel.send(program.to_bytes(ANSWER, "big"))
    exit_code = os.waitstatus_to_exitcode(os.waitpid(program, 0)[1])
    channel.send(exit_code.to_bytes(ANSWER, "big", signed=True))
    os._exit(0)


def _run(request: Mapping[str, Any], *files: int) -> NoReturn:
    """Be the program, from its first line to its end."""
    from moto.moto_api._internal import mock_random

    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(request["environment"])
    encoding = os.environ.get("PYTHONIOENCODING", "utf-8")
    sys.stdin, sys.stdout = os.fdopen(0, encoding=encoding), os.fdopen(1, "w", encoding=encoding)
    sys.stderr = os.fdopen(2, "w", buffering=1, encoding=encoding, errors="backslashreplace")
    for numbers in (random, mock_random):  # else every program draws the same ones
        numbers.seed()
    os.chdir(request["cwd"])
    sys.path[:0] = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    sys.argv = request["argv"]
    code: object = 0
    try:
        if request["code"]:
            exec(compile(request["code"], "<string>", "exec"), {"__name__": "__main__"})  # noqa: S102
        else:
            runpy.run_module("pushtrain", run_name="__main__", alter_sys=True)
    except SystemExit as exit_:
        code = exit_.code
    except BaseException:  # noqa: BLE001 - as the interpreter does
        traceback.print_exc()
        code = 1
    finally:
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else int(code is not None))


if __name__ == "__main__":
    serve(sys.argv[1])
