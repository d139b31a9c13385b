"""The region a client speaks to, and who shares it."""

from __future__ import annotations

from datetime import UTC, datetime

import boto3
import pytest
from botocore.utils import parse_timestamp

from pushtrain import aws
from pushtrain.aws import client, create_client, parse_time


@pytest.mark.parametrize(
    ("region", "variables", "expected"),
    [
        (None, {"AWS_REGION": "eu-west-1"}, "eu-west-1"),
        (None, {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "us-west-2"}, "eu-west-1"),
        (None, {"AWS_DEFAULT_REGION": "us-west-2"}, "us-west-2"),
        ("ap-northeast-2", {"AWS_REGION": "eu-west-1"}, "ap-northeast-2"),
    ],
)
def test_the_region_is_the_one_given_else_that_of_the_environment(
    region: str | None, variables: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert client("s3", region).meta.region_name == expected


@pytest.mark.parametrize(
    "text",
    ["2026-11-20T10:00:00.000Z", "2026-11-20T10:00:00Z", "Fri, 20 Nov 2026 10:00:00 GMT", 1795168800, "1795168800"],
)
def test_times_are_those_of_botocore(text: str) -> None:
    assert parse_time(text) == parse_timestamp(text) == datetime(2026, 11, 20, 10, tzinfo=UTC)


def test_a_session_reads_times_fast() -> None:
    factory = aws._create_session()._session.get_component("response_parser_factory")
    parser = factory.create_parser("rest-xml")
    assert parser._timestamp_parser is parse_time


def test_a_client_is_shared_until_what_decides_it_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
    first = client("s3", "eu-west-1")
    assert client("s3", "eu-west-1") is first
    assert create_client("s3", "eu-west-1") is not first
    assert client("s3", "eu-west-2") is not first
    assert client("sns", "eu-west-1") is not first
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    assert client("s3", "eu-west-1").meta.endpoint_url == "http://127.0.0.1:9"
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3")
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "on_push")  # the handlers of a run on this computer share clients
    assert client("s3", "eu-west-1") is first
    monkeypatch.setattr("boto3.DEFAULT_SESSION", boto3.Session())
    assert client("s3", "eu-west-1") is not first


def test_a_client_that_need_not_answer_waits_only_a_few_seconds() -> None:
    patient, short = client("ecr", "eu-west-1"), client("ecr", "eu-west-1", seconds=3)
    assert short is client("ecr", "eu-west-1", seconds=3) is not patient
    config = short.meta.config
    assert (config.connect_timeout, config.read_timeout, config.retries["total_max_attempts"]) == (3, 3, 2)
    assert patient.meta.config.connect_timeout > 3
