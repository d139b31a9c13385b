"""The run record is written once, before anything starts."""

from __future__ import annotations

from pathlib import Path

from pushtrain import aws
from pushtrain.launch.state_machine import build_state_machine_arn
from pushtrain.local.aws import LocalAws
from pushtrain.record import RunRecord
from tests.embedded.launch.plain import (
    PLATFORM,
    launch_push,
    launch_refused,
    read_execution_input,
    read_object,
    upload_plain,
)


def test_the_record_has_everything_the_run_used(local_aws: LocalAws, repo: Path) -> None:
    pushed = upload_plain(repo)
    run = launch_push(pushed)
    record = RunRecord.from_json(read_object(PLATFORM.artifact_bucket, f"plain/runs/{run.run}/input.json"))
    assert (record.run, record.model, record.revision) == (run.run, "plain", pushed.revision)
    assert (record.trigger, record.environment) == ("push", "")
    assert record.config.version == pushed.version
    assert record.data_uris == {"numbers": f"s3://{pushed.bucket}/{pushed.prefix}data/"}
    steps = {"preprocess", "train", "evaluate"}
    assert set(record.step_keys) == set(record.images) == set(record.parameters) == steps
    assert all(key and len(key) == 64 for key in (*record.step_keys.values(), record.version_key))
    assert record.definition
    assert record.definition.version == f"{build_state_machine_arn(PLATFORM, 'plain')}:1"
    assert read_object(PLATFORM.artifact_bucket, record.definition.key)
    assert record.metadata["revision"] == pushed.revision
    assert read_execution_input(run.arn) == record.execution_input()


def test_an_earlier_record_that_cannot_be_read_stays_and_refuses_the_push(local_aws: LocalAws, repo: Path) -> None:
    pushed = upload_plain(repo)
    key = f"plain/runs/{launch_push(pushed).run}/input.json"
    aws.client("s3").put_object(Bucket=PLATFORM.artifact_bucket, Key=key, Body=b'{"schema": 2}')
    assert launch_refused(pushed) == (
        f"push  an earlier delivery of this push wrote s3://{PLATFORM.artifact_bucket}/{key}, which this version of "
        "pushtrain cannot read: its schema is 2, expected 1. Start a new run with `pushtrain push --again`"
    )
    assert read_object(PLATFORM.artifact_bucket, key) == b'{"schema": 2}'
