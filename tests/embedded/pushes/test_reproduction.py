"""config.yaml is pushed once more, with the same bytes: a run of its own, which registers nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from pushtrain import aws
from pushtrain.errors import PushError
from pushtrain.hashes import hash_bytes
from pushtrain.local.aws import up
from pushtrain.platform import Platform
from pushtrain.pushes.fresh import parse_reproduction
from pushtrain.pushes.reproduction import push_reproduction
from pushtrain.record import RecordedConfig, Reproduced, RunRecord
from tests.sample_record import RECORD

PLATFORM = Platform.local()
KEY = "model-repos/churn/3f1c9a/config.yaml"


@pytest.fixture
def record(tmp_path: Path) -> Iterator[RunRecord]:
    with up(tmp_path / "store", PLATFORM, handlers={}):
        first = aws.client("s3").put_object(Bucket=PLATFORM.code_bucket, Key=KEY, Body=b"model: churn")
        aws.client("s3").put_object(Bucket=PLATFORM.code_bucket, Key=KEY, Body=b"model: other")
        uri = f"s3://{PLATFORM.code_bucket}/{KEY}"
        config = RecordedConfig(uri=uri, version=first["VersionId"], sha256=hash_bytes(b"model: churn"))
        yield msgspec.structs.replace(RECORD, revision="3f1c9a", config=config)


def test_the_bytes_that_the_run_read_are_pushed_with_the_version(record: RunRecord) -> None:
    push = push_reproduction(PLATFORM, record, 3)
    pushed = aws.client("s3").get_object(Bucket=push.bucket, Key=KEY, VersionId=push.version)
    assert pushed["Body"].read() == b"model: churn"
    assert parse_reproduction(pushed["Metadata"]) == Reproduced(model_version=3, run=record.run)
    assert push.run != push_reproduction(PLATFORM, record, 3).run


def test_another_config_is_refused(record: RunRecord) -> None:
    config = msgspec.structs.replace(record.config, sha256="0" * 64)
    with pytest.raises(PushError) as refused:
        push_reproduction(PLATFORM, msgspec.structs.replace(record, config=config), 3)
    assert str(refused.value) == (
        f"{config.uri} in version {config.version} is not the config.yaml that run {record.run} read"
    )
