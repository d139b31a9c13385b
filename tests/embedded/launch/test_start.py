"""A second delivery of a push starts with exactly what the first one recorded."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from pushtrain.launch import launch as launch_module
from pushtrain.launch.launch import launch
from pushtrain.launch.start import Launched
from pushtrain.local.aws import LocalAws
from pushtrain.record import RunRecord
from tests.embedded.launch.plain import PLATFORM, list_executions, read_execution_input, read_object, upload_plain


def test_a_redelivery_starts_with_what_the_first_delivery_recorded(
    local_aws: LocalAws, repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pushed = upload_plain(repo)
    key = f"plain/runs/{pushed.run}/input.json"

    def stop(*_: object) -> Launched:
        raise TimeoutError

    with monkeypatch.context() as patch:  # the first delivery ends after it wrote the record
        patch.setattr(launch_module, "start_run", stop)
        with pytest.raises(TimeoutError):
            launch(pushed, PLATFORM)
    document = read_object(PLATFORM.artifact_bucket, key)
    changed = dataclasses.replace(PLATFORM, environment="prod")
    run = launch(dataclasses.replace(pushed, by="AROAEXAMPLE:somebody"), changed)
    assert isinstance(run, Launched)
    assert list_executions() == [pushed.run]
    assert read_object(PLATFORM.artifact_bucket, key) == document
    assert read_execution_input(run.arn) == RunRecord.from_json(document).execution_input()
    assert RunRecord.from_json(document).pushed_by == "unknown"
