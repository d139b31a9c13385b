"""A second delivery of a push starts with exactly what the first one recorded."""

from __future__ import annotations

import time
from pathlib import Path

import msgspec
import pytest

from pushtrain import aws
from pushtrain.launch import launch as launch_module
from pushtrain.launch.launch import launch
from pushtrain.launch.start import Launched
from pushtrain.local.aws import LocalAws
from pushtrain.record import RunRecord
from pushtrain.runs.started import list_started
from tests.embedded.launch.plain import (
    PLATFORM,
    launch_push,
    list_executions,
    read_execution_input,
    read_object,
    upload_plain,
)


def test_a_redelivery_starts_with_what_the_first_delivery_recorded(
    local_aws: LocalAws, repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pushed = upload_plain(repo)
    key = f"plain/runs/{pushed.run}/input.json"

    def stop(*_: object, **__: object) -> Launched:
        raise TimeoutError

    with monkeypatch.context() as patch:  # the first delivery ends after it wrote the record
        patch.setattr(launch_module, "start_run", stop)
        with pytest.raises(TimeoutError):
            launch(pushed, PLATFORM)
    document = read_object(PLATFORM.artifact_bucket, key)
    changed = msgspec.structs.replace(PLATFORM, environment="prod")
    run = launch(msgspec.structs.replace(pushed, by="AROAEXAMPLE:somebody"), changed)
    assert isinstance(run, Launched)
    assert run.fresh  # this delivery started it
    assert list_executions() == [pushed.run]
    assert read_object(PLATFORM.artifact_bucket, key) == document
    assert read_execution_input(run.arn) == RunRecord.from_json(document).execution_input()
    assert RunRecord.from_json(document).pushed_by == "unknown"
    assert read_object(PLATFORM.artifact_bucket, f".runs/{pushed.run}/plain") == b""
    assert list(list_started(aws.client("s3"), PLATFORM, since=time.time() - 600)) == [("plain", pushed.run)]


def test_a_redelivery_while_the_run_goes_on_says_that_it_started_nothing(
    local_aws: LocalAws, repo: Path, tmp_path: Path
) -> None:
    """StartExecution answers as if it had started the run: it is idempotent while the execution runs."""
    signal = tmp_path / "go"
    (repo / "train.py").write_text(
        f"import pathlib, time\nwhile not pathlib.Path({str(signal)!r}).exists(): time.sleep(0.01)\n"
    )
    push = upload_plain(repo)
    first = launch_push(push)
    late = launch_push(push)
    signal.touch()
    assert (first.fresh, late.fresh) == (True, False)
    assert late.arn == first.arn
    local_aws.wait(first.arn)
