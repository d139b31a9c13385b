"""The models of two versions: files, values and metrics."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from pushtrain import aws
from pushtrain.local.aws import up
from pushtrain.local.values import versions
from pushtrain.local.values.versions import compare_version_models
from pushtrain.platform import Platform
from pushtrain.record import RunRecord
from pushtrain.registry import ModelVersion
from pushtrain.reproduction.ladder import Rung
from tests.embedded.local.values.models import Code
from tests.embedded.registered import PLATFORM
from tests.sample_record import RECORD
from tests.unit.reproduction.test_members import pack


@pytest.fixture(autouse=True)
def local_aws(tmp_path: Path) -> Iterator[None]:
    with up(tmp_path / "store", PLATFORM, handlers={}):
        yield


def put(number: int, body: bytes) -> ModelVersion:
    """Write the model of a version, with one file, `w.pkl`."""
    s3, bucket, key = aws.client("s3"), PLATFORM.artifact_bucket, f"churn/runs/r{number}/train/j/output/model.tar.gz"
    s3.put_object(Bucket=bucket, Key=key, Body=pack({"w.pkl": body}).getvalue())
    s3.put_object(Bucket=bucket, Key="code.tar.gz", Body=Code().get_object()["Body"].read())
    return ModelVersion(
        arn=f"arn:{number}",
        model="churn",
        version=number,
        status="Approved",
        created="2026-11-28",
        metrics={"auc": 0.5},
        artifact=f"s3://{bucket}/{key}",
        image="",
        revision="r",
        commit="c",
        repository="",
        run=f"r{number}",
    )


def test_the_first_value_that_differs_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def require_record(platform: Platform, version: ModelVersion) -> RunRecord:
        code = f"s3://{platform.artifact_bucket}/code.tar.gz"
        return msgspec.structs.replace(RECORD, run=version.run, code=code, runtime="Python")

    monkeypatch.setattr(versions, "require_record", require_record)
    compared = compare_version_models(PLATFORM, put(1, b"\x80\x04K\x05."), put(2, b"\x80\x04K\x06."))
    assert (compared.rung, str(compared.difference)) == (Rung.METRICS, "w.pkl: 5 → 6")
    assert compare_version_models(PLATFORM, put(1, b"\x80\x04K\x05."), put(2, b"\x80\x02K\x05.")).rung is Rung.VALUES


def test_without_the_record_of_a_run_nobody_knows_the_environment() -> None:
    compared = compare_version_models(PLATFORM, put(1, b"\x80\x04K\x05."), put(2, b"\x80\x04K\x06."))
    assert compared.not_compared[0].startswith("w.pkl: churn version 1 comes from run r1, which left no input.json.")
