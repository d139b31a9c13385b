"""Run single jobs against an embedded S3: helpers for the tests of this folder."""

from __future__ import annotations

import io
import json
import tarfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest

from pushtrain.catalog.job_kind import JobKind
from pushtrain.catalog.job_kinds import PROCESSING, TRAINING
from pushtrain.errors import LocalError
from pushtrain.local.container import sandbox
from pushtrain.local.container.jobs import JobResult, run_job

BUCKET = "bucket"
ROLE = "arn:aws:iam::123456789012:role/job"
UNPACK = 'cd /opt/ml/processing/input/code && tar -xzf sourcedir.tar.gz && exec python3 "$0" "$@"'


def is_working(strategy: str) -> bool:
    try:
        sandbox._choose_strategy(strategy)
    except LocalError:
        return False
    return True


STRATEGIES = [
    pytest.param(name, marks=pytest.mark.skipif(not is_working(name), reason=f"{name} does not work here"))
    for name in sandbox.STRATEGIES
]


def pack(files: Mapping[str, str]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as tar:
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(text.encode())
            tar.addfile(info, io.BytesIO(text.encode()))
    return target.getvalue()


class Bench:
    """One embedded S3 and the jobs run against it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.s3 = boto3.client("s3", region_name="us-east-1")
        self.s3.create_bucket(Bucket=BUCKET)
        self.lines: list[str] = []
        self.stop = threading.Event()
        self.on_line: Callable[[str], None] = self.lines.append

    def put(self, key: str, body: str | bytes = "") -> None:
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=body)

    def keys(self, prefix: str = "") -> list[str]:
        objects = self.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
        return [entry["Key"] for entry in objects]

    def text(self, key: str) -> str:
        return str(self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode())

    def members(self, key: str) -> dict[str, str]:
        body = self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
        with tarfile.open(fileobj=io.BytesIO(body)) as tar:
            return {
                m.name: tar.extractfile(m).read().decode()  # type: ignore[union-attr]
                for m in tar
                if m.isreg()
            }

    def train(self, script: str, *, files: Mapping[str, str] | None = None, **more: Any) -> JobResult:
        self.put("source/sourcedir.tar.gz", pack({"train.py": script, **(files or {})}))
        parameters = {
            "sagemaker_program": '"train.py"',
            "sagemaker_submit_directory": json.dumps(f"s3://{BUCKET}/source/sourcedir.tar.gz"),
        }
        more["HyperParameters"] = parameters | more.get("HyperParameters", {})
        request = {
            "TrainingJobName": "job",
            "RoleArn": ROLE,
            "AlgorithmSpecification": {"TrainingImage": "custom", "TrainingInputMode": "File"},
            "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30},
            "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/out"},
            "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        }
        return self.run(TRAINING, request | more)

    def process(self, script: str, *, name: str = "job", **more: Any) -> JobResult:
        self.put(f"{name}/sourcedir.tar.gz", pack({"preprocessing.py": script}))
        return self.run(PROCESSING, self.processing_request(name) | more)

    def processing_request(self, name: str) -> dict[str, Any]:
        return {
            "ProcessingJobName": name,
            "RoleArn": ROLE,
            "AppSpecification": {
                "ImageUri": "custom",
                "ContainerEntrypoint": ["/bin/bash", "-ec", UNPACK, "preprocessing.py"],
                "ContainerArguments": ["--x", "1"],
            },
            "ProcessingResources": {"ClusterConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1}},
            "ProcessingInputs": [build_input("code", f"{name}/sourcedir.tar.gz", "input/code")],
            "ProcessingOutputConfig": {"Outputs": [build_output("x", f"{name}/out/x/")]},
            "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        }

    def run(self, kind: JobKind, request: Mapping[str, Any], **more: Any) -> JobResult:
        folder = self.home / request.get("TrainingJobName", request.get("ProcessingJobName"))
        return run_job(kind, request, s3=self.s3, folder=folder, stop=self.stop, on_line=self.on_line, **more)


def build_input(name: str, key: str, path: str, **more: Any) -> dict[str, Any]:
    source = {"S3Uri": f"s3://{BUCKET}/{key}", "LocalPath": f"/opt/ml/processing/{path}", "S3DataType": "S3Prefix"}
    return {"InputName": name, "S3Input": source | {"S3InputMode": "File"} | more}


def build_output(name: str, key: str, path: str = "") -> dict[str, Any]:
    target = {"S3Uri": f"s3://{BUCKET}/{key}", "LocalPath": f"/opt/ml/processing/{path or name}"}
    return {"OutputName": name, "S3Output": target | {"S3UploadMode": "EndOfJob"}}


def channel(name: str, key: str, **source: Any) -> dict[str, Any]:
    source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/{key}"} | source
    return {"ChannelName": name, "DataSource": {"S3DataSource": source}}


SHOW = """
import json, os, sys
print(json.dumps({"argv": sys.argv[1:], "env": dict(os.environ)}))
"""


def read_printed_document(bench: Bench) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(next(line for line in bench.lines if line.startswith("{")))
    return loaded


def list_processes(mark: str) -> list[int]:
    """Return the processes of this computer whose command line contains `mark`."""
    pids = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if mark.encode() in file.read_bytes():
                pids.append(int(file.parent.name))
        except OSError:
            continue
    return pids
