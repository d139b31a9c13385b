"""Who is told to mend what: AWS's refusals are the user's, one line; our own bad requests are bugs."""

from __future__ import annotations

import subprocess
import sys

import pytest
from boto3.exceptions import Boto3Error, RetriesExceededError, S3UploadFailedError
from botocore.exceptions import (
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
    PartialCredentialsError,
    UnknownServiceError,
)

from pushtrain.cli import run_command


def code_of(error: Exception) -> int:
    def command() -> None:
        raise error

    return run_command(command)


@pytest.mark.parametrize(
    "error",
    [
        S3UploadFailedError("Failed to upload a to b/c:\nAn error occurred (AccessDenied)"),
        RetriesExceededError(Boto3Error("gone")),
        EndpointConnectionError(endpoint_url="http://x"),
        ConnectTimeoutError(endpoint_url="http://x"),
        CredentialRetrievalError(provider="process", error_msg="no such program"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_aws_or_its_configuration_refuses_is_one_line(
    error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    assert code_of(error) == 1
    said = capsys.readouterr().err
    assert (said.startswith("AWS: "), said.count("\n")) == (True, 1)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NoRegionError(), "AWS: You must specify a region."),
        (NoCredentialsError(), "AWS: Unable to locate credentials"),
        (
            PartialCredentialsError(provider="env", cred_var="secret"),
            "AWS: Partial credentials found in env, missing: secret",
        ),
    ],
)
def test_who_is_not_signed_in_is_told_what_to_try(
    error: Exception, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert code_of(error) == 1
    tried = "try  pushtrain doctor --environment NAME, which says what is missing"
    assert capsys.readouterr().err == f"{said}\n{tried}\n"


@pytest.mark.parametrize(
    "error",
    [
        ParamValidationError(report="Missing required parameter"),
        UnknownServiceError(service_name="s4", known_service_names="s3"),
        ValueError("ours"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_request_that_makes_no_sense_is_our_bug(error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    assert code_of(error) == 3
    assert "This is a bug in pushtrain" in capsys.readouterr().err


def test_a_reader_that_has_enough_is_no_failure() -> None:
    command = [sys.executable, "-m", "pushtrain", "completion", "bash"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        running.stdout.close()
        assert running.stderr is not None
        assert (running.stderr.read(), running.wait()) == ("", 0)
