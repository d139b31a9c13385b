"""The parts of SageMaker's container contract that training and processing share, and the interface for `run_job`.

In: a request, an S3 client and the job's sandbox (JobContext). Out: the command to run (ContainerCommand) and what the
job produced (JobOutputs). If the job itself is at fault, JobError is raised; its message is the FailureReason.
This module starts no process.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, Protocol

from msgspec import Struct

from pushtrain.catalog.job_fields import list_instance_types
from pushtrain.catalog.job_kind import JobKind
from pushtrain.local.container.requirements import Requirements
from pushtrain.local.container.sandbox import HOST, Sandbox

Status = Literal["Completed", "Failed", "Stopped"]
# Variables of this computer that a script may need: its network and its GPUs. Never credentials, PYTHON* or PIP_*.
CONTAINER_ROOT = "/"
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
    """The job failed and is itself at fault. The message is its FailureReason."""


class PythonNeeds(Struct, frozen=True, kw_only=True):
    """The Python packages of a job: the requirements.txt files that AWS would install, in this order, and `modules`.

    `modules` are the top-level modules that its script imports.
    """

    requirements: tuple[Requirements, ...] = ()
    modules: frozenset[str] = frozenset()


class ContainerCommand(Struct, frozen=True, kw_only=True):
    """The program that the container runs. Paths are those of the container: /opt/ml and below.

    `cwd` may also be CONTAINER_ROOT: the job then works in a folder of its own in place of the container's `/`.
    """

    argv: tuple[str, ...]
    cwd: str
    environment: Mapping[str, str]


class JobOutputs(Struct, frozen=True, kw_only=True):
    """What a job produced.

    `failure` is the text of /opt/ml/output/failure, `exit_message` the text of /opt/ml/output/message, `artifacts` the
    URI of model.tar.gz. Each is None if there is none.
    """

    failure: str | None = None
    exit_message: str | None = None
    artifacts: str | None = None


class JobContext(Struct, frozen=True, kw_only=True):
    """One job on this computer.

    `temporary` is the script's TMPDIR. `changes` gets what the job changes outside of /opt/ml: in its Python
    environment, and in its working folder.
    `aws_variables` are the environment variables by which the script's boto3 finds AWS. `note` writes a line of
    pushtrain's own into the job's log.
    """

    request: Mapping[str, Any]
    s3: Any
    sandbox: Sandbox
    temporary: Path
    changes: Path
    aws_variables: Mapping[str, str]
    note: Callable[[str], None]

    @property
    def region(self) -> str:
        """The region of the job: that of its S3 client."""
        return str(self.s3.meta.region_name or "us-east-1")

    def build_arn(self, kind: JobKind, name: str) -> str:
        """Return the job's ARN, in the account of its role."""
        _, partition, _, _, account, *_ = str(self.request["RoleArn"]).split(":")
        return f"arn:{partition}:sagemaker:{self.region}:{account}:{kind.resource}/{name}"

    def local_path(self, path: str) -> Path:
        """Return the path on this computer for a path in the container. Raises JobError outside of /opt/ml."""
        try:
            return self.sandbox.local_path(path)
        except ValueError:
            raise JobError(f"ClientError: the path {path!r} does not lie under /opt/ml") from None

    def create_root(self) -> Path:
        """Create the folder that stands for the container's `/`. It has only opt/ml, and ends with the job."""
        root = self.changes / "root"
        (root / "opt").mkdir(parents=True)
        (root / "opt" / "ml").symlink_to(self.sandbox.root)
        return root

    def create_folder(self, path: str) -> Path:
        """Create a folder of the container and return its path on this computer."""
        folder = self.local_path(path)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def write_json(self, path: str, document: Any) -> None:
        """Write a configuration file of the container."""
        file = self.local_path(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(document, ensure_ascii=False, default=str), encoding="utf-8")

    def build_resource_config(self, cluster: Mapping[str, Any]) -> dict[str, Any]:
        """Return the content of resourceconfig.json. It always has one host, even if the request has more."""
        count = cluster.get("InstanceCount", 1)
        if count > 1:
            self.note(f"the job has {count} instances; on this computer it runs on one, {HOST}")
        types = list_instance_types(cluster)
        instance_type = types[0] if types else "local"
        if len(types) > 1:
            self.note(f"SageMaker chooses among {', '.join(types)}; on this computer the first counts, {instance_type}")
        group = {"instance_group_name": "homogeneousCluster", "instance_type": instance_type, "hosts": [HOST]}
        return {
            "current_host": HOST,
            "current_instance_type": instance_type,
            "current_group_name": "homogeneousCluster",
            "hosts": [HOST],
            "instance_groups": [group],
            "network_interface_name": "eth0",
        }

    def build_environment(self, python: Path, *, isolated: bool) -> dict[str, str]:
        """Return a clean environment: INHERITED variables of this computer, and no AWS keys but embedded AWS's."""
        environment = build_clean_environment(python, self.temporary, self.region)
        if isolated:
            self.note("network isolation: on this computer only AWS is out of reach, the network is not")
        else:
            environment |= self.aws_variables
        requested = self.request.get("Environment") or {}
        return environment | {name: self.sandbox.rewrite(text) for name, text in requested.items()}


def build_clean_environment(python: Path, temporary: Path, region: str) -> dict[str, str]:
    """Return INHERITED variables of this computer, and what hides the user's real AWS account from a script."""
    return {
        **{name: os.environ[name] for name in INHERITED if name in os.environ},
        "PATH": os.pathsep.join((str(python.parent), os.environ.get("PATH", os.defpath))),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "TMPDIR": str(temporary),
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
        # Threads of OpenMP and OpenBLAS that wait sleep. By default they keep the cores busy, which jobs at the same
        # time need: https://gcc.gnu.org/onlinedocs/libgomp/OMP_005fWAIT_005fPOLICY.html, and THREAD_TIMEOUT in
        # https://github.com/OpenMathLib/OpenBLAS/blob/develop/Makefile.rule (2 to the power of 4 cycles is the least).
        # Values stay the same.
        "OMP_WAIT_POLICY": "PASSIVE",
        "OPENBLAS_THREAD_TIMEOUT": "4",
        "PUSHTRAIN_ENVIRONMENT_READY": "1",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


class Contract(Protocol):
    """One kind of job. `run_job` calls the methods in this order."""

    image: str
    seconds: float | None
    metrics: tuple[tuple[str, str], ...]

    def prepare(self) -> PythonNeeds:
        """Fill the job's folder. Return what its script needs of Python."""

    def build_command(self, python: Path) -> ContainerCommand:
        """Return the command to run with this interpreter."""

    def collect(self, status: Status) -> JobOutputs:
        """Store the job's outputs in S3."""
