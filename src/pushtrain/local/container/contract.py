"""What training and processing share of SageMaker's container contract, and the shape both give to `jobs.run_job`.

In: a request, an S3 client and the job's sandbox (Context). Out: what to run (Launch) and what it left (Findings).
A job's own fault is a JobError, whose message is the FailureReason. Starts nothing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from pushtrain.local.container.sandbox import Sandbox

Status = Literal["Completed", "Failed", "Stopped"]
HOST = "algo-1"
# What a script may need of this machine: where its network and GPUs are. Never credentials, never PYTHON* or PIP_*.
INHERITED = (
    "CUDA_VISIBLE_DEVICES",
    "HOME",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "LD_LIBRARY_PATH",
    "LOGNAME",
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_FILE",
    "USER",
    "http_proxy",
    "https_proxy",
)


class JobError(Exception):
    """The job failed by its own fault; the message is its FailureReason."""


@dataclass(frozen=True, kw_only=True)
class Launch:
    """A program as the container runs it: paths are the container's, /opt/ml and below."""

    argv: tuple[str, ...]
    cwd: str
    environment: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What a job left: `failure` is its own word on why it failed, `artifacts` the URI of the model."""

    failure: str | None = None
    exit_message: str | None = None
    artifacts: str | None = None


@dataclass(frozen=True, kw_only=True)
class Context:
    """One job on this computer.

    `aws_variables` are the environment variables by which the script's boto3 finds AWS. `note` writes a line of
    pushtrain's own into the job's log.
    """

    request: Mapping[str, Any]
    s3: Any
    sandbox: Sandbox
    temporary: Path
    aws_variables: Mapping[str, str]
    note: Callable[[str], None]

    @property
    def region(self) -> str:
        """The region of the job, which is the one of its S3 client."""
        return str(self.s3.meta.region_name or "us-east-1")

    def arn(self, kind: str, name: str) -> str:
        """The job's ARN, in the account of its role."""
        _, partition, _, _, account, *_ = str(self.request["RoleArn"]).split(":")
        return f"arn:{partition}:sagemaker:{self.region}:{account}:{kind}-job/{name}"

    def place(self, path: str) -> Path:
        """Where the container's `path` lies on this machine. Raises JobError outside /opt/ml."""
        try:
            return self.sandbox.inside(path)
        except ValueError:
            raise JobError(f"ClientError: the path {path!r} does not lie under /opt/ml") from None

    def folder(self, path: str) -> Path:
        """`place(path)`, made."""
        folder = self.place(path)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def write_json(self, path: str, value: Any) -> None:
        """A configuration file of the container."""
        file = self.place(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(value, ensure_ascii=False, default=str), encoding="utf-8")

    def resources(self, cluster: Mapping[str, Any]) -> dict[str, Any]:
        """resourceconfig.json: one host, whatever the request asks for."""
        count = cluster.get("InstanceCount", 1)
        if count > 1:
            self.note(f"{count} instances were asked for; this machine runs one, {HOST}")
        kind = cluster.get("InstanceType", "local")
        group = {"instance_group_name": "homogeneousCluster", "instance_type": kind, "hosts": [HOST]}
        return {
            "current_host": HOST,
            "current_instance_type": kind,
            "current_group_name": "homogeneousCluster",
            "hosts": [HOST],
            "instance_groups": [group],
            "network_interface_name": "eth0",
        }

    def environment(self, python: Path, *, isolated: bool) -> dict[str, str]:
        """A clean environment: nothing of this machine but INHERITED, no AWS keys but those of embedded AWS."""
        environment = {name: os.environ[name] for name in INHERITED if name in os.environ}
        environment |= {
            "PATH": os.pathsep.join((str(python.parent), os.environ.get("PATH", os.defpath))),
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "TMPDIR": str(self.temporary),
            "PYTHONUNBUFFERED": "1",
            "PYTHONUTF8": "1",
            "PUSHTRAIN_ENVIRONMENT_READY": "1",
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            # Whatever this machine knows of a real account stays unknown to the script.
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        if isolated:
            self.note("network isolation: on this machine only AWS is out of reach, the network is not")
        else:
            environment |= self.aws_variables
        given = self.request.get("Environment") or {}
        return environment | {name: self.sandbox.path(value) for name, value in given.items()}


class Contract(Protocol):
    """One kind of job, in the order `run_job` calls it."""

    image: str
    seconds: float | None
    metrics: tuple[tuple[str, str], ...]

    def prepare(self) -> str | None:
        """Bring everything into the job's folder; the text of its requirements.txt, if there is one."""

    def launch(self, python: Path) -> Launch:
        """What to run, with this interpreter."""

    def collect(self, status: Status) -> Findings:
        """Store what the job made."""
