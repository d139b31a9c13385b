"""Which runs used some data or an image: from the index, and from the records of runs that it does not have."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from botocore.exceptions import ClientError

from pushtrain import aws
from pushtrain.errors import UsageError
from pushtrain.lineage import find_uses, find_versions_by_data, read_index, record_inputs, uses
from pushtrain.local.aws import up
from pushtrain.platform import Platform
from pushtrain.record import RecordedData, RunRecord
from tests.embedded.registered import write_record, write_result
from tests.sample_record import RECORD
from tests.sample_result import RESULT

PLATFORM = Platform.local()
OCTOBER = RecordedData(uri="s3://lake/10/", version="a" * 64)
NOVEMBER = RecordedData(uri="s3://lake/11/", version="b" * 64)


def end(run: str, data: RecordedData, version: int | None = None, *, is_indexed: bool = True) -> RunRecord:
    """Leave what a run leaves that has ended."""
    record = msgspec.structs.replace(RECORD, run=run, data={"raw": data}, images={"train": f"net:{run}"})
    result = msgspec.structs.replace(RESULT, run=run, model_version=version)
    write_record(record)
    write_result(result)
    if is_indexed:
        record_inputs(PLATFORM, result)
    return record


@pytest.fixture(autouse=True)
def runs(tmp_path: Path) -> Iterator[None]:
    with up(tmp_path / "store", PLATFORM, handlers={}):
        end("one", OCTOBER, 1)
        end("two", OCTOBER, 2)
        end("three", NOVEMBER, 3)
        end("four", NOVEMBER, 4, is_indexed=False)
        write_record(msgspec.structs.replace(RECORD, run="open", data={"raw": NOVEMBER}))
        yield


def list_names(**texts: Any) -> set[str]:
    return {run.run for run in find_uses(PLATFORM, **texts)}


def test_runs_are_found_by_data_and_image_with_their_versions() -> None:
    assert list_names(data="s3://lake/10/") == {"one", "two"}
    assert list_names(data="bbbbbbbb") == {"three", "four", "open"}
    assert list_names(data="s3://lake/", image="net:one") == {"one"}
    assert list_names(image="net") == {"one", "two", "three", "four"}
    assert list_names(model="other", data="s3://lake/") == set()
    assert {run.model_version for run in find_uses(PLATFORM, data="bbbbbbbb")} == {3, 4, None}


def test_only_runs_that_the_index_lacks_are_read_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    monkeypatch.setattr(uses, "read_run_record", lambda _, __, run, ___: read.append(run))
    list_names(data="s3://lake/")
    assert sorted(read) == ["four", "open"]


def test_the_other_versions_of_the_same_data_are_known() -> None:
    record = msgspec.structs.replace(
        RECORD, run="two", data={"raw": OCTOBER, "labels": RecordedData(uri="s3://lake/l/")}
    )
    assert find_versions_by_data(PLATFORM, record) == {"raw": (1,)}
    assert (
        find_versions_by_data(PLATFORM, msgspec.structs.replace(record, data={"raw": RecordedData(uri="s3://x/")}))
        == {}
    )


def test_a_model_of_another_team_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetObject")

    monkeypatch.setattr(uses, "read_index", refuse)
    assert list_names(data="s3://lake/") == set()


def test_other_errors_of_aws_are_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ClientError({"Error": {"Code": "SlowDown", "Message": "no"}}, "GetObject")

    monkeypatch.setattr(uses, "read_index", fail)
    with pytest.raises(ClientError, match="SlowDown"):
        list_names(data="s3://lake/")


def test_a_text_that_is_neither_an_address_nor_a_version_is_refused() -> None:
    with pytest.raises(UsageError) as error:
        list_names(data="zz")
    assert str(error.value) == (
        "'zz' is neither an S3 address (s3://bucket/prefix/) nor a data version (8 to 64 hex digits). "
        "`pushtrain runs show RUN --local` shows both for each data entry"
    )


def test_there_is_one_read_of_the_index_for_each_model(monkeypatch: pytest.MonkeyPatch) -> None:
    models: list[str] = []

    def count(s3: Any, bucket: str, model: str) -> Any:
        models.append(model)
        return read_index(s3, bucket, model)

    monkeypatch.setattr(uses, "read_index", count)
    aws.client("s3").put_object(Bucket=PLATFORM.artifact_bucket, Key="digits/runs/r/input.json", Body=b"{}")
    assert len(list_names(data="s3://lake/10/")) == 2
    assert sorted(models) == ["churn", "digits"]
