"""The emulator as a place to deploy to: its process, what is deployed there, and the engine beside it.

In: a folder of ours. Out: a World, in which `pushtrain` is run as a person runs it. Everything listens on 127.0.0.1.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3

from tests.forks import run_pushtrain

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
SETTINGS = HERE / "wiring.yaml"
LOCK = HERE / "requirements.lock"
ACCOUNT, REGION, ENVIRONMENT = "123456789012", "eu-west-1", "wiring"
ADMINISTRATOR = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
LONGEST = 120  # seconds that a program of ours may take
PAUSE = 0.1  # seconds between two looks whether the emulator listens


class World:
    """A platform deployed in the emulator, with the engine answering beside it."""

    def __init__(self, folder: Path, python: Path) -> None:
        self.folder, self._python = folder, python
        self.port, self.engine_port = _free_port(), _free_port()
        self.url, self.engine_url = f"https://127.0.0.1:{self.port}", f"http://127.0.0.1:{self.engine_port}"
        self.ca = folder / "tls" / "server.crt"
        self.log = folder / "emulator.log"
        self._emulator: subprocess.Popen[bytes] | None = None

    def client(self, service: str, keys: Mapping[str, str] = ADMINISTRATOR) -> Any:
        """A client in the name of who has these keys."""
        make: Any = boto3.client
        own = {name.lower(): value for name, value in keys.items()}
        url = self.engine_url if service in {"stepfunctions", "sagemaker"} else self.url
        return make(service, REGION, endpoint_url=url, verify=str(self.ca), **own)

    def environment(self, **keys: str) -> dict[str, str]:
        """The variables of a program that has these keys."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PUSHTRAIN_"))}
        engine = {f"AWS_ENDPOINT_URL_{name}": self.engine_url for name in ("SFN", "SAGEMAKER")}
        aws = {"AWS_ENDPOINT_URL": self.url, "AWS_CA_BUNDLE": str(self.ca), "AWS_REGION": REGION}
        aws |= {"AWS_DEFAULT_REGION": REGION, "AWS_CONFIG_FILE": os.devnull, "AWS_EC2_METADATA_DISABLED": "true"}
        cdk = {"NODE_EXTRA_CA_CERTS": str(self.ca), "CDK_DISABLE_CLI_TELEMETRY": "true"}
        quiet = {"JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20", "NO_COLOR": "1", "NO_PROXY": "127.0.0.1"}
        return {**ours, **aws, **engine, **cdk, **quiet, **(keys or ADMINISTRATOR)}

    def pushtrain(self, *words: str, keys: Mapping[str, str] = ADMINISTRATOR) -> subprocess.CompletedProcess[str]:
        """The command line, in the name of who has these keys."""
        return run_pushtrain(*words, "--environment", ENVIRONMENT, environment=self.environment(**keys))

    def deploy(self, bundle: Path) -> None:
        """What `make deploy` does after `make bundle` and `cdk bootstrap`: synthesise, and deploy by the CDK."""
        assembly = self.folder / "cdk.out"
        context = json.dumps({"settings": str(SETTINGS), "bundle": str(bundle)})
        # tests/infra runs the CDK's own rules, which take 10 s to load
        synth = {"CDK_OUTDIR": str(assembly), "CDK_CONTEXT_JSON": context, "CDK_VALIDATION": "false"}
        _run([sys.executable, "-m", "infra.app"], self.environment() | synth, check=True)
        cdk = ["infra/node_modules/.bin/cdk", "--no-notices", "--ci"]
        _run([*cdk, "bootstrap", f"aws://{ACCOUNT}/{REGION}"], self.environment(), check=True)
        deploy = [*cdk, "--app", str(assembly), "deploy", "--require-approval", "never", "--progress", "events"]
        _run(deploy, self.environment(), check=True)

    @contextmanager
    def emulator(self) -> Iterator[None]:
        """The emulator's process. What it knows of the engine, functions are told too."""
        self.ca.parent.mkdir(parents=True)
        key = self.ca.with_suffix(".key")
        make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=emulator"]
        make += ["-addext", "basicConstraints=critical,CA:FALSE", "-addext", "subjectAltName=IP:127.0.0.1"]
        _run([*make, "-keyout", str(key), "-out", str(self.ca)], dict(os.environ), check=True)
        settings = {
            "GATEWAY_PORT": str(self.port),
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_REGION": REGION,
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "USE_SSL": "1",  # bucket policies refuse anything else
            "MINISTACK_SSL_CERT": str(self.ca),
            "MINISTACK_SSL_KEY": str(key),
            "LAMBDA_ASYNC_RETRY_BASE_SECONDS": "0.05",
            "AWS_ENDPOINT_URL_SFN": self.engine_url,
            "AWS_ENDPOINT_URL_SAGEMAKER": self.engine_url,
            "AWS_EC2_METADATA_DISABLED": "true",
            "TMPDIR": str(self.folder),
            "HOME": str(self.folder),
            "PATH": os.environ["PATH"],
        }
        with self.log.open("wb") as log:
            command = [str(self._python), str(HERE / "emulator.py")]
            self._emulator = subprocess.Popen(command, env=settings, stdout=log, stderr=subprocess.STDOUT)
            try:
                _answers(self.port, self._emulator, self.log)
                yield
            finally:
                self._emulator.kill()  # asked politely, it waits for every client to say goodbye
                self._emulator.wait(timeout=LONGEST)

    def enforce(self) -> None:
        """From now on the emulator's identity policies decide."""
        assert self._emulator
        self._emulator.send_signal(signal.SIGUSR1)

    @contextmanager
    def engine(self) -> Iterator[None]:
        """The engine's process, for the platform that the deployment published."""
        parameter = self.client("ssm").get_parameter(Name=f"/pushtrain/{ENVIRONMENT}/platform")
        settings = {
            "emulator": self.url,
            "ca": str(self.ca),
            "settings": str(SETTINGS),
            "platform": parameter["Parameter"]["Value"],
            "folder": str(self.folder),
            "port": self.engine_port,
        }
        command = [sys.executable, "-m", "tests.e2e.engine", json.dumps(settings)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        with subprocess.Popen(command, cwd=ROOT, env=self.environment(), **pipes) as engine:  # type: ignore[call-overload]
            try:
                assert engine.stdout.readline() == b"ready\n", "the engine did not start"
                yield
            finally:
                engine.stdin.close()
                engine.wait(timeout=LONGEST)

    def calls(self) -> list[dict[str, Any]]:
        """What the engine was asked for, and the judgement."""
        return [json.loads(line) for line in (self.folder / "calls.jsonl").read_text().splitlines()]


def emulator_python(python: str, folder: Path) -> Path:
    """An environment for the emulator, created once for each version of its lock."""
    set_up = [sys.executable, "-m", "scripts.set_up", str(folder), str(LOCK), "--python", python]
    _run(set_up, dict(os.environ), check=True)
    return folder / "bin" / "python"


def _run(
    command: Sequence[str], environment: Mapping[str, str], *, check: bool = False
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=LONGEST, check=False
    )
    assert not check or done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _answers(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Returns once something listens. Raises RuntimeError with the log when the process ends instead."""
    while process.poll() is None:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PAUSE)
    raise RuntimeError(log.read_text())
