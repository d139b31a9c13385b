"""The record of a run's input is written once."""

from __future__ import annotations

from pathlib import Path

from pushtrain import aws
from pushtrain.launch.launch import launch
from pushtrain.local.aws import LocalAws
from tests.embedded.launch.plain import PLATFORM, launch_push, read_object, upload_plain


def test_a_redelivery_leaves_the_record_of_what_ran(local_aws: LocalAws, repo: Path) -> None:
    pushed = upload_plain(repo)
    key = f"plain/runs/{launch_push(pushed).run}/input.json"
    aws.client("s3").put_object(Bucket=PLATFORM.artifact_bucket, Key=key, Body=b"what really ran")
    launch(pushed, PLATFORM)
    assert read_object(PLATFORM.artifact_bucket, key) == b"what really ran"
