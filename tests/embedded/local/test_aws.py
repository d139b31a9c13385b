"""Embedded AWS as a whole: start, environment of the user, waiting for runs, and a clean stop."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import boto3
import pytest

from pushtrain.aws import client
from pushtrain.catalog.job_kind import JobKind
from pushtrain.errors import LocalError
from pushtrain.local import aws as local_aws
from pushtrain.local.aws import LocalAws, up
from pushtrain.local.container.jobs import JobResult
from pushtrain.local.events import Event, ExecutionEnded, StateEntered
from pushtrain.platform import Platform
from tests.embedded.local.conftest import PLATFORM

CODE = PLATFORM.code_bucket


SLEEP = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 600, "End": True}}}


PASS = {"StartAt": "Pass", "States": {"Pass": {"Type": "Pass", "Result": {"점수": 1}, "End": True}}}


def start(definition: dict[str, Any], name: str = "run") -> str:
    states = client("stepfunctions")
    machine = states.create_state_machine(
        name=f"machine-{name}", definition=json.dumps(definition), roleArn=PLATFORM.states_role
    )
    started = states.start_execution(stateMachineArn=machine["stateMachineArn"], name=name, input="{}")
    return str(started["executionArn"])


def test_importing_the_module_does_not_load_embedded_aws() -> None:
    code = "import sys, pushtrain.local.aws; print([m for m in ('moto', 'boto3', 'werkzeug') if m in sys.modules])"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed == "[]\n"


def test_the_engine_is_loaded_when_a_definition_needs_it(tmp_path: Path) -> None:
    """In another process, because this one has loaded it."""
    code = """
import sys
from pathlib import Path
from pushtrain.aws import client
from pushtrain.local.aws import up
from pushtrain.platform import Platform

platform, name = Platform.local(), "moto.stepfunctions.parser.asl"
with up(Path(sys.argv[1]), platform, handlers={}, load_engine=False) as aws:
    states = client("stepfunctions")
    print(len(states.list_state_machines()["stateMachines"]), name in sys.modules)
    definition = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": {"a": 1}, "End": true}}}'
    machine = states.create_state_machine(name="m", definition=definition, roleArn=platform.states_role)
    started = states.start_execution(stateMachineArn=machine["stateMachineArn"], input="{}")
    print(aws.wait(started["executionArn"])["output"], name in sys.modules)
"""
    command = [sys.executable, "-c", code, str(tmp_path)]
    assert subprocess.check_output(command, text=True) == '0 False\n{"a":1} True\n'


def test_the_platforms_buckets_are_there_and_versioned(aws: LocalAws) -> None:
    for bucket in (aws.platform.code_bucket, aws.platform.artifact_bucket, aws.platform.serving_bucket):
        assert client("s3").get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"


def test_a_users_profile_and_keys_are_never_used_and_come_back(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user_variables = {
        "AWS_PROFILE": "prod",
        "AWS_ACCESS_KEY_ID": "real",
        "AWS_SESSION_TOKEN": "real",
        "AWS_ENDPOINT_URL": "http://real.example",
        "AWS_CONFIG_FILE": str(folder / "real"),
        "AWS_REGION": "eu-west-1",
    }
    for name, value in user_variables.items():
        monkeypatch.setenv(name, value)
    before = dict(os.environ)
    with up(folder, PLATFORM, handlers={}):
        credentials = boto3.Session().get_credentials()
        assert credentials is not None
        assert (credentials.access_key, credentials.token) == ("embedded", None)
        assert client("s3").meta.region_name == "us-east-1"
        assert "AWS_PROFILE" not in os.environ
        client("s3").put_object(Bucket=CODE, Key="k", Body=b"")
    assert dict(os.environ) == before


def test_a_users_aws_files_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text("[default]\nendpoint_url = http://127.0.0.1:9\nregion = eu-west-1\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    with up(tmp_path / "store", PLATFORM, handlers={}):
        assert client("s3").put_object(Bucket=CODE, Key="k", Body=b"")["VersionId"]


def test_an_account_of_another_number_is_the_account_everywhere(folder: Path) -> None:
    platform = Platform.from_json(PLATFORM.to_json().replace("123456789012", "000000000042"))
    for life in (1, 2):
        with up(folder, platform, handlers={}):
            client("s3").put_object(Bucket=CODE, Key=f"{life}", Body=b"x")
            assert client("sts").get_caller_identity()["Account"] == "000000000042"
            assert len(client("s3").list_objects_v2(Bucket=CODE)["Contents"]) == life


def test_nothing_reaches_the_network(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(_: socket.socket, address: Any) -> None:
        raise AssertionError(f"a connection to {address}")

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", connect)
    with up(folder, PLATFORM, handlers={}) as aws:
        client("s3").put_object(Bucket=CODE, Key="k", Body=b"x")
        client("sagemaker").list_model_packages(ModelPackageGroupName="g")
        assert aws.wait(start(PASS), timeout=20)["status"] == "SUCCEEDED"


def test_a_run_is_waited_for_by_its_end_not_by_the_clock(aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_aws, "LONGEST_WAIT", 60.0)
    began = time.monotonic()
    described = aws.wait(start(PASS), timeout=50)
    assert json.loads(described["output"]) == {"점수": 1}
    assert time.monotonic() - began < 20


def test_waiting_gives_up_after_the_time_named(aws: LocalAws) -> None:
    assert aws.wait(start(SLEEP), timeout=0.05)["status"] == "RUNNING"


def test_a_stopped_run_ends_aborted(aws: LocalAws) -> None:
    arn = start(SLEEP)
    aws.stop(arn)
    assert aws.wait(arn, timeout=20)["status"] == "ABORTED"


def test_a_run_may_invoke_no_function_but_that_of_decisions(aws: LocalAws) -> None:
    invoke = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "mine"}}
    ended = aws.wait(start({"StartAt": "Invoke", "States": {"Invoke": invoke | {"End": True}}}), timeout=20)
    assert ended["error"] == "Lambda.ResourceNotFoundException"
    assert ended["cause"].startswith("Function not found: mine (Service: AWSLambda; ")


def test_events_reach_the_listener(folder: Path) -> None:
    events: list[Event] = []
    with up(folder, PLATFORM, handlers={}, on_event=events.append) as aws:
        arn = start(PASS)
        aws.wait(arn, timeout=20)
    assert [event.state for event in events if isinstance(event, StateEntered)] == ["Pass"]
    assert ExecutionEnded(arn=arn, status="SUCCEEDED") in events


def test_leaving_aborts_what_runs_and_leaves_no_thread(folder: Path) -> None:
    before = set(threading.enumerate())
    with up(folder, PLATFORM, handlers={}):
        arn = start(SLEEP)
    left = [thread.name for thread in set(threading.enumerate()) - before if thread.is_alive()]
    with up(folder, PLATFORM, handlers={}) as aws:
        assert aws.wait(arn, timeout=0)["status"] == "ABORTED"
    assert [name for name in left if name == "aws-endpoint"] == []


def test_a_job_is_told_the_endpoint_and_its_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options_of_job: dict[str, Any] = {}

    def run_job(kind: JobKind, _request: Any, **options: Any) -> JobResult:
        options_of_job.update(options, kind=kind)
        return JobResult(status="Completed", secondary_status="Completed", started_at=0.0, ended_at=1.0)

    monkeypatch.setattr("pushtrain.local.every_job.run_job", run_job)
    with up(folder, PLATFORM, handlers={}, match_image=True) as aws:
        client("sagemaker").create_processing_job(
            ProcessingJobName="job",
            RoleArn=PLATFORM.job_role,
            AppSpecification={"ImageUri": "image"},
            ProcessingResources={
                "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}
            },
        )
    assert (options_of_job["aws_variables"]["AWS_ENDPOINT_URL"], options_of_job["match_image"]) == (
        aws.endpoint_url,
        True,
    )
    assert aws.jobs_folder in options_of_job["folder"].parents


def test_a_store_that_cannot_be_used_leaves_everything_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    before = dict(os.environ)
    with pytest.raises(LocalError) as raised, up(tmp_path / "file" / "store", PLATFORM):
        pass
    assert str(raised.value) == (
        f"{tmp_path}/file/store: cannot use the local store (Not a directory): make the folder writable, "
        "or name another with --store"
    )
    assert dict(os.environ) == before
    with up(tmp_path / "store", PLATFORM, handlers={}) as aws:
        assert aws.invocations == []


def test_one_at_a_time_in_a_process(aws: LocalAws, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="up already"), up(tmp_path / "other", PLATFORM):
        pass


def job_branch(step: str, script: Path) -> dict[str, Any]:
    """A branch of one processing job that runs a Python script. The name of the job has the number of redrives."""
    request = {
        "ProcessingJobName.$": f"States.Format('{step}-{{}}', $$.Execution.RedriveCount)",
        "RoleArn": PLATFORM.job_role,
        "AppSpecification": {"ImageUri": "image", "ContainerEntrypoint": [sys.executable, str(script)]},
        "ProcessingResources": {
            "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}
        },
    }
    resource = "arn:aws:states:::sagemaker:createProcessingJob.sync"
    task = {"Type": "Task", "Resource": resource, "Parameters": request, "End": True}
    return {"StartAt": step, "States": {step: task}}


def run_at_the_same_time(folder: Path, **scripts: str) -> dict[str, Any]:
    branches = []
    for step, text in scripts.items():
        (folder / f"{step}.py").write_text(text, encoding="utf-8")
        branches.append(job_branch(step, folder / f"{step}.py"))
    return {"StartAt": "Both", "States": {"Both": {"Type": "Parallel", "Branches": branches, "End": True}}}


def describe_job(name: str) -> dict[str, Any]:
    described: dict[str, Any] = client("sagemaker").describe_processing_job(ProcessingJobName=name)
    return described


def test_two_scripts_really_run_at_the_same_time(aws: LocalAws, tmp_path: Path) -> None:
    meet = (
        "import pathlib, sys, time\n"
        "mine, other = (pathlib.Path({folder!r}, name) for name in {names!r})\n"
        "mine.touch()\n"
        "end = time.monotonic() + 60\n"
        "while not other.exists() and time.monotonic() < end: time.sleep(0.05)\n"
        "sys.exit(not other.exists())\n"
    )
    first, second = (meet.format(folder=str(tmp_path), names=names) for names in (("a", "b"), ("b", "a")))
    assert (
        aws.wait(start(run_at_the_same_time(tmp_path, first=first, second=second)), timeout=90)["status"] == "SUCCEEDED"
    )
    jobs = [describe_job(name) for name in ("first-0", "second-0")]
    started, ended = max(job["ProcessingStartTime"] for job in jobs), min(job["ProcessingEndTime"] for job in jobs)
    assert started < ended


def test_a_failing_script_stops_the_other_one_and_a_redrive_runs_both_again(aws: LocalAws, tmp_path: Path) -> None:
    began, fixed = tmp_path / "began", tmp_path / "fixed"
    fails = (
        "import pathlib, sys, time\n"
        f"while not pathlib.Path({str(began)!r}).exists(): time.sleep(0.05)\n"
        f"sys.exit(not pathlib.Path({str(fixed)!r}).exists())\n"
    )
    goes_on = (
        "import pathlib, time\n"
        f"pathlib.Path({str(began)!r}).touch()\n"
        f"while not pathlib.Path({str(fixed)!r}).exists(): time.sleep(0.05)\n"
    )
    execution = start(run_at_the_same_time(tmp_path, fails=fails, waits=goes_on))
    assert aws.wait(execution, timeout=90)["status"] == "FAILED"
    statuses = [describe_job(name)["ProcessingJobStatus"] for name in ("fails-0", "waits-0")]
    assert statuses == ["Failed", "Stopped"]  # `wait` returns when both have ended
    fixed.touch()
    client("stepfunctions").redrive_execution(executionArn=execution)
    deadline = time.monotonic() + 90
    while client("stepfunctions").describe_execution(executionArn=execution)["status"] == "RUNNING":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    statuses = [describe_job(name)["ProcessingJobStatus"] for name in ("fails-1", "waits-1")]
    assert statuses == ["Completed", "Completed"]
