"""Which inputs of a run are still there: those of a version that was trained, before and after some are deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from pushtrain import aws
from pushtrain.errors import RegistryError
from pushtrain.launch.launch import launch
from pushtrain.local.aws import up
from pushtrain.model_repo.contents import read_model_repo
from pushtrain.platform import Platform
from pushtrain.pushes.upload import upload
from pushtrain.record import RunRecord
from pushtrain.registry import ModelVersion
from pushtrain.reproduction.cost import estimate_reproduction, load_recorded_config
from pushtrain.reproduction.current import compare_inputs, require_record
from pushtrain.runs import read_run_record

PLATFORM = Platform.local()
VERSION = ModelVersion(
    model="plain",
    version=3,
    status="Approved",
    metrics={},
    run="",
    revision="r",
    created="",
    arn="",
    artifact="",
    image="",
    commit="",
    repository="",
)


@pytest.fixture
def record(tmp_path: Path, make_repo: Callable[..., Path]) -> Iterator[RunRecord]:
    """The record of a push that was launched, although no state machine runs."""
    with up(tmp_path / "store", PLATFORM, handlers={}):
        push = upload(read_model_repo(make_repo("plain", {"data/numbers.txt": "1\n2\n"})), "plain", PLATFORM).push
        launch(push, PLATFORM)
        record = read_run_record(PLATFORM, "plain", push.run)
        assert record
        yield record


def delete(record: RunRecord, path: str) -> None:
    key = f"model-repos/plain/{record.revision}/{path}"
    aws.client("s3").delete_object(Bucket=PLATFORM.code_bucket, Key=key)


def list_states(record: RunRecord) -> dict[str, str]:
    return {entry.name: entry.state for entry in compare_inputs(PLATFORM, record) if entry.state != "same"}


def test_all_inputs_are_the_same_and_nothing_is_written(record: RunRecord) -> None:
    assert list_states(record) == {}
    config = load_recorded_config(PLATFORM, record).config
    assert config.model == "plain"


def test_a_file_that_is_gone_is_named(record: RunRecord) -> None:
    delete(record, "train.py")
    (code, *_) = compare_inputs(PLATFORM, record)
    assert (code.name, code.state) == ("code", "gone")
    assert code.detail.endswith("not arrived yet: train.py")


def test_a_file_that_was_replaced_has_changed(record: RunRecord) -> None:
    key = f"model-repos/plain/{record.revision}/train.py"
    aws.client("s3").put_object(Bucket=PLATFORM.code_bucket, Key=key, Body=b"print(1)")
    assert list_states(record) == {"code": "changed"}


def test_a_version_of_config_that_is_gone_is_named(record: RunRecord) -> None:
    config = msgspec.structs.replace(record.config, version="00000000-0000-0000-0000-000000000000")
    (entry, data) = compare_inputs(PLATFORM, msgspec.structs.replace(record, config=config))
    assert (entry.name, entry.state, entry.detail) == ("config.yaml", "gone", "not in the code bucket")
    assert data.state == "same"


def test_a_version_without_a_record_cannot_be_reproduced(record: RunRecord) -> None:
    with pytest.raises(RegistryError) as refused:
        require_record(PLATFORM, VERSION)
    assert str(refused.value) == (
        "plain version 3 comes from a run that is not known, which left no input.json. Without this record nobody "
        "knows what the version was built from, so it cannot be reproduced"
    )
    assert require_record(PLATFORM, msgspec.structs.replace(VERSION, run=record.run)) == record


def test_the_cost_is_that_of_every_step(record: RunRecord) -> None:
    assert len(estimate_reproduction(PLATFORM, load_recorded_config(PLATFORM, record)).lines) == 3
