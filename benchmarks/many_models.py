"""Measures `runs list` and `models list` on AWS with 1, 10 and 50 models: calls, and time of the whole process.

A server on this computer answers Step Functions, SageMaker and S3, each call after LATENCY. The command is the real
one, with real boto3. The installation has 100 runs that succeeded, and 100 versions of all models together.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from pushtrain.layout import build_countdown, build_start_key, build_version_index_key
from pushtrain.lineage import LineageIndex, RegisteredVersion, RunInputs
from pushtrain.platform import PLATFORM_VARIABLE, Platform
from pushtrain.registry import VersionSummary
from pushtrain.version_index import IndexedModel, VersionIndex

COMMANDS = ("runs list", "models list", "models list --no-index")
MODELS = (1, 10, 50)
RUNS = 100
LATENCY = 0.05  # seconds that each call takes
START = datetime.now(UTC).replace(microsecond=0) - timedelta(days=5)
PLATFORM = Platform.local()
ACCOUNT = f"{PLATFORM.region}:{PLATFORM.account}"


class _AWS(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet: TCP would wait between two
    models = 1
    calls = 0

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        operation = self.headers["X-Amz-Target"].rpartition(".")[2]
        self._answer(200, json.dumps(OPERATIONS[operation](request, self.models)), "application/x-amz-json-1.1")

    def do_GET(self) -> None:
        if "list-type=2" in self.path:
            self._answer(200, list_starts(self.models), "application/xml")
        elif build_version_index_key("") in self.path:
            self._answer(200, build_version_index(self.models), "application/json")
        elif match := re.search(r"/(m\d+)/lineage\.json", self.path):
            self._answer(200, build_index(match[1], self.models), "application/json")
        else:
            self._answer(404, "<Error><Code>NoSuchKey</Code></Error>", "application/xml")

    def _answer(self, status: int, text: str, content_type: str) -> None:
        type(self).calls += 1
        time.sleep(LATENCY)
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"1"')
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Print nothing."""


def list_runs(models: int) -> list[tuple[str, str, datetime]]:
    """Return model, id and start of each run."""
    return [(f"m{n % models}", f"{n:012x}-000000", START + timedelta(hours=n)) for n in range(RUNS)]


def list_starts(models: int) -> str:
    """Return the page of ListObjectsV2 with the start of each run."""
    keys = sorted(
        build_start_key(build_countdown(start.timestamp()), run, model) for model, run, start in list_runs(models)
    )
    contents = "".join(f"<Contents><Key>{key}</Key><Size>0</Size></Contents>" for key in keys)
    return f"<ListBucketResult><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>"


def list_state_machines(_: Mapping[str, Any], models: int) -> Mapping[str, Any]:
    """Answer ListStateMachines."""
    names = [f"{PLATFORM.prefix}-m{number}" for number in range(models)]
    arn = f"arn:aws:states:{ACCOUNT}:stateMachine:"
    machines = [{"name": name, "stateMachineArn": arn + name, "type": "STANDARD", "creationDate": 0} for name in names]
    return {"stateMachines": machines}


def list_executions(request: Mapping[str, Any], models: int) -> Mapping[str, Any]:
    """Answer ListExecutions."""
    arn = request["stateMachineArn"].replace(":stateMachine:", ":execution:")
    model = arn.rpartition(f"{PLATFORM.prefix}-")[2]
    runs = [(run, start) for name, run, start in list_runs(models) if name == model]
    return {"executions": [_build_execution(f"{arn}:{run}", run, start) for run, start in reversed(runs)]}


def describe_execution(request: Mapping[str, Any], models: int) -> Mapping[str, Any]:
    """Answer DescribeExecution."""
    arn = request["executionArn"]
    name, start = next((run, start) for _, run, start in list_runs(models) if run == arn.rpartition(":")[2])
    output = json.dumps({"outcome": "registered", "metrics": {"auc": "0.97"}})
    return {**_build_execution(arn, name, start), "output": output, "input": "{}"}


def _build_execution(arn: str, name: str, start: datetime) -> dict[str, Any]:
    times = {"startDate": start.timestamp(), "stopDate": start.timestamp() + 600}
    return {"executionArn": arn, "stateMachineArn": arn, "name": name, "status": "SUCCEEDED", **times}


def list_groups(_: Mapping[str, Any], models: int) -> Mapping[str, Any]:
    """Answer ListModelPackageGroups."""
    names = [PLATFORM.build_group_name(f"m{number}") for number in range(models)]
    return {"ModelPackageGroupSummaryList": [{"ModelPackageGroupName": name} for name in names]}


def list_packages(request: Mapping[str, Any], models: int) -> Mapping[str, Any]:
    """Answer ListModelPackages."""
    group = request["ModelPackageGroupName"]
    arn = f"arn:aws:sagemaker:{ACCOUNT}:model-package/{group}/"
    created = {"CreationTime": START.timestamp(), "ModelApprovalStatus": "Approved"}
    versions = range(1, RUNS // models + 1)
    return {"ModelPackageSummaryList": [{"ModelPackageArn": f"{arn}{number}", **created} for number in versions]}


def build_index(model: str, models: int) -> str:
    """Return the lineage.json of a model: one run for each version."""
    created, ended = START - timedelta(minutes=5), START + timedelta(minutes=5)
    version = RegisteredVersion(
        revision="1" * 12, ended=ended.isoformat(), metrics={"auc": 0.97}, gate_metrics=("auc",), version_key=None
    )
    runs = [
        RunInputs(
            model=model,
            run=f"{number:012x}-000000",
            environment="prod",
            data={},
            started=created.isoformat(),
            outcome="registered",
            model_version=number,
            version=version,
        )
        for number in range(1, RUNS // models + 1)
    ]
    return LineageIndex(runs=tuple(runs)).to_json()


def build_version_index(models: int) -> str:
    """Return the index of the versions of all models."""
    index = {}
    for number in range(models):
        model = f"m{number}"
        packages = list_packages({"ModelPackageGroupName": PLATFORM.build_group_name(model)}, models)
        arns = [package["ModelPackageArn"] for package in packages["ModelPackageSummaryList"]]
        versions = [
            VersionSummary(
                model=model,
                version=count,
                status="Approved",
                created=START.isoformat(),
                arn=arn,
                run=f"{count:012x}-000000",
                revision="1" * 12,
                environment="prod",
                metrics={"auc": 0.97},
                gate_metrics=("auc",),
                version_key=None,
            )
            for count, arn in enumerate(arns, 1)
        ]
        index[model] = IndexedModel(versions=tuple(versions), serves=None)
    return VersionIndex(models=index).to_json()


OPERATIONS = {
    "ListStateMachines": list_state_machines,
    "ListExecutions": list_executions,
    "DescribeExecution": describe_execution,
    "ListModelPackageGroups": list_groups,
    "ListModelPackages": list_packages,
}


def measure() -> list[tuple[str, str, str]]:
    """Return rows of (subject, figure, note)."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _AWS)
    Thread(target=server.serve_forever, daemon=True).start()
    rows = [_measure(command, models, server.server_port) for command in COMMANDS for models in MODELS]
    server.shutdown()
    return rows


def _measure(command: str, models: int, port: int) -> tuple[str, str, str]:
    _AWS.models, _AWS.calls = models, 0
    environment = {
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        PLATFORM_VARIABLE: PLATFORM.to_json(),
    }
    arguments = [sys.executable, "-m", "pushtrain", *command.split(), "--json"]
    started = time.perf_counter()
    listed = subprocess.run(arguments, env=os.environ | environment, capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - started
    assert len(json.loads(listed.stdout)) == RUNS
    noun = "model" if models == 1 else "models"
    return (
        f"`pushtrain {command}`, {models} {noun}",
        f"{seconds:.1f} s",
        f"{_AWS.calls} calls, each after {LATENCY} s",
    )
