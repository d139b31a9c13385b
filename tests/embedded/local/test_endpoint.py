"""Embedded AWS over HTTP: jobs reach it, and nobody else."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
from pathlib import Path

import boto3
import pytest
from botocore.config import Config

from pushtrain.aws import client
from pushtrain.local.aws import LocalAws, up
from pushtrain.local.endpoint import ACCESS_KEY
from tests.embedded.local.conftest import PLATFORM

CODE = PLATFORM.code_bucket


JOB = """
import boto3
s3 = boto3.client("s3")
text = s3.get_object(Bucket="pushtrain-code", Key="한글/in.txt")["Body"].read()
s3.put_object(Bucket="pushtrain-code", Key="한글/a+b out.txt", Body=text * 2, Metadata={"from": "a job"})
s3.upload_file(__import__("sys").executable, "pushtrain-code", "big")
print(len(s3.list_objects_v2(Bucket="pushtrain-code")["Contents"]))
print(boto3.client("sagemaker").list_model_package_groups()["ModelPackageGroupSummaryList"][0]["ModelPackageGroupName"])
"""


def outside(aws: LocalAws) -> dict[str, str]:
    """The environment of a job: nothing of AWS but what a container would have."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    keys = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": "job", "AWS_DEFAULT_REGION": "us-east-1"}
    return {**clean, **keys, "AWS_ENDPOINT_URL": aws.endpoint_url, "AWS_EC2_METADATA_DISABLED": "true"}


def run_job_script(environment: dict[str, str]) -> list[str]:
    command = [sys.executable, "-c", JOB]
    completed = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert completed.returncode == 0, completed.stderr
    return completed.stdout.split()


def test_a_script_elsewhere_reaches_embedded_aws_by_its_endpoint(aws: LocalAws) -> None:
    client("s3").put_object(Bucket=CODE, Key="한글/in.txt", Body=b"text")
    client("sagemaker").create_model_package_group(ModelPackageGroupName="pushtrain-churn")
    assert run_job_script(outside(aws)) == ["3", "pushtrain-churn"]
    copy = client("s3").get_object(Bucket=CODE, Key="한글/a+b out.txt")
    assert (copy["Body"].read(), copy["Metadata"]) == (b"texttext", {"from": "a job"})
    assert (aws.store.folder / "s3" / CODE / "한글" / "a+b out.txt").read_bytes() == b"texttext"
    size = Path(sys.executable).stat().st_size
    assert client("s3").head_object(Bucket=CODE, Key="big")["ContentLength"] == size


def test_the_endpoint_is_closed_when_aws_is_down(folder: Path) -> None:
    with up(folder, PLATFORM, handlers={}) as aws:
        host, port = aws.endpoint_url.removeprefix("http://").split(":")
        assert host == "127.0.0.1"
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall(b"GET /moto-api/data.json HTTP/1.0\r\n\r\n")
            assert connection.recv(12).startswith(b"HTTP/1.")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)), timeout=10)


SIGNED = "AWS4-HMAC-SHA256 Credential="


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("PUT", "/pushtrain-code/model-repos/m/r/config.yaml", {"Origin": "http://evil.example"}),
        ("GET", "/pushtrain-code", {"Authorization": f"{SIGNED}AKIAGUESS/x"}),
        ("GET", "/pushtrain-code?X-Amz-Credential=AKIAGUESS%2Fx", {}),
        ("GET", "/pushtrain-code?AWSAccessKeyId=AKIAGUESS", {}),
        (
            "POST",
            "/moto-api/reset",
            {"Authorization": f"{SIGNED}{ACCESS_KEY}/x"},
        ),
    ],
)
def test_the_endpoint_answers_only_this_process_s_own_jobs(
    aws: LocalAws, method: str, path: str, headers: dict[str, str]
) -> None:
    host = aws.endpoint_url.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=30)
    connection.request(method, path, body=b"model: m", headers=headers)
    assert connection.getresponse().status == 403
    connection.close()
    assert "Contents" not in client("s3").list_objects_v2(Bucket="pushtrain-code")


@pytest.mark.parametrize("version", [None, "s3", "s3v4"])
def test_a_url_that_a_job_presigned_is_answered(aws: LocalAws, version: str | None) -> None:
    client("s3").put_object(Bucket=CODE, Key="한글/a b", Body=b"text")
    job = boto3.client(
        "s3",
        "us-east-1",
        endpoint_url=aws.endpoint_url,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key="local",
        config=Config(signature_version=version),
    )
    url = job.generate_presigned_url("get_object", Params={"Bucket": CODE, "Key": "한글/a b"})
    connection = http.client.HTTPConnection(aws.endpoint_url.removeprefix("http://"), timeout=30)
    connection.request("GET", url.removeprefix(aws.endpoint_url))
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, b"text")
    connection.close()
