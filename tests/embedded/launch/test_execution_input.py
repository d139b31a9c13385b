"""The input of a run records all that it used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pushtrain import aws
from pushtrain.launch.execution_input import encode_metadata_value
from pushtrain.local.aws import LocalAws
from tests.embedded.launch.plain import PLATFORM, launch_push, read_object, upload_plain


def test_the_input_records_everything_the_run_used(local_aws: LocalAws, repo: Path) -> None:
    pushed = upload_plain(repo)
    run = launch_push(pushed)
    document = json.loads(read_object(PLATFORM.artifact_bucket, f"plain/runs/{run.run}/input.json"))
    assert document["revision"] == pushed.revision
    assert document["config"]["version"] == pushed.version
    assert document["data"] == {"numbers": f"s3://{pushed.bucket}/{pushed.prefix}data/"}
    assert document["metadata"]["revision"] == pushed.revision
    described = aws.client("stepfunctions").describe_execution(executionArn=run.arn)
    assert json.loads(described["input"]) == document


@pytest.mark.parametrize("text", ["s3://lake/churn/2026-11/", "나무 1", "a@b", "x" * 256])
def test_metadata_that_the_registry_can_hold_is_kept(text: str) -> None:
    assert encode_metadata_value(text) == text


@pytest.mark.parametrize("text", ["", "a,b", "x" * 257, "s3://lake/(old)/", "line\nbreak"])
def test_metadata_that_it_cannot_hold_becomes_a_hash_before_anything_starts(text: str) -> None:
    assert encode_metadata_value(text).startswith("sha256:")
    assert encode_metadata_value(text) == encode_metadata_value(text)
